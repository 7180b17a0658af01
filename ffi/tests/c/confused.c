/* Calls whose arguments stand in a wrong place. Without MISTAKE all is right; with each of its numbers this must not
 * compile, whatever warnings are switched on. */
#include "nodelock.h"

enum { ROUTING, VOICE };

uint32_t confused(nodelock_agent *agent, const nodelock_now *now);

uint32_t confused(nodelock_agent *agent, const nodelock_now *now)
{
    nodelock_uptime uptime = now->uptime;
    nodelock_lease lease = {0};
    uint32_t verdict = NODELOCK_UNDECIDED;

    if (nodelock_agent_acquire(agent, VOICE, NODELOCK_UNITS(2), NODELOCK_OWNER(7), now, &lease) != NODELOCK_OK ||
        nodelock_agent_check(agent, VOICE, uptime, &verdict) != NODELOCK_OK ||
        nodelock_agent_check_name(agent, "voice", 5, uptime, &verdict) != NODELOCK_OK) {
        return NODELOCK_UNDECIDED;
    }
#ifndef MISTAKE
#elif MISTAKE == 1 /* a number of units, as nodelock_granted has it, where the time should be */
    verdict = nodelock_agent_granted(agent, VOICE, 1);
#elif MISTAKE == 2
    verdict = nodelock_agent_granted(agent, VOICE, now->uptime.seconds);
#elif MISTAKE == 3
    verdict = nodelock_agent_granted(agent, uptime, VOICE);
#elif MISTAKE == 4
    if (nodelock_agent_check(agent, VOICE, 1, &verdict) != NODELOCK_OK) {
        return NODELOCK_UNDECIDED;
    }
#elif MISTAKE == 5
    if (nodelock_agent_check_name(agent, "voice", 5, 1, &verdict) != NODELOCK_OK) {
        return NODELOCK_UNDECIDED;
    }
#elif MISTAKE == 6 /* units and handle */
    if (nodelock_agent_acquire(agent, NODELOCK_UNITS(2), VOICE, NODELOCK_OWNER(7), now, &lease) != NODELOCK_OK) {
        return NODELOCK_UNDECIDED;
    }
#elif MISTAKE == 7 /* units and owner */
    if (nodelock_agent_acquire(agent, VOICE, NODELOCK_OWNER(7), NODELOCK_UNITS(2), now, &lease) != NODELOCK_OK) {
        return NODELOCK_UNDECIDED;
    }
#elif MISTAKE == 8
    if (nodelock_agent_acquire(agent, VOICE, 2, 7, now, &lease) != NODELOCK_OK) {
        return NODELOCK_UNDECIDED;
    }
#elif MISTAKE == 9 /* lease and owner */
    nodelock_agent_release(agent, NODELOCK_OWNER(7), lease, now);
#elif MISTAKE == 10
    nodelock_agent_release(agent, 1, 7, now);
#elif MISTAKE == 11 /* the call for contexts */
    verdict = nodelock_agent_granted(agent, "voice", uptime);
#elif MISTAKE == 12 /* the call for agents */
    verdict = nodelock_granted(agent, "voice", 1);
#else
#error "no such mistake"
#endif
    nodelock_agent_release(agent, lease, NODELOCK_OWNER(7), now);
    return nodelock_agent_granted(agent, ROUTING, uptime) == NODELOCK_GRANTED ? verdict : NODELOCK_UNDECIDED;
}
