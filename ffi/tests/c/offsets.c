/* Where each field of each structure is, and how large it is, for 32-bit and 64-bit processors: checked by the
 * compiler alone. Programs that were compiled against an older header rely on it. */
#include "nodelock.h"
#include "nodelock_std.h"

#include <stddef.h>

#define WORD_32 (sizeof(void *) == 4)
#define AT(type, field, in_32, in_64) \
    extern char at_##type##_##field[offsetof(type, field) == (WORD_32 ? (in_32) : (in_64)) ? 1 : -1]
#define SIZE(type, in_32, in_64) extern char size_##type[sizeof(type) == (WORD_32 ? (in_32) : (in_64)) ? 1 : -1]

SIZE(nodelock_trust_anchor, 72, 72);
AT(nodelock_trust_anchor, key_id, 0, 0);
AT(nodelock_trust_anchor, role, 4, 4);
AT(nodelock_trust_anchor, key, 8, 8);

SIZE(nodelock_udi, 16, 32);
AT(nodelock_udi, pid, 0, 0);
AT(nodelock_udi, pid_len, 4, 8);
AT(nodelock_udi, sn, 8, 16);
AT(nodelock_udi, sn_len, 12, 24);

SIZE(nodelock_record, 36, 48);
AT(nodelock_record, number, 0, 0);
AT(nodelock_record, result, 4, 4);
AT(nodelock_record, offset, 8, 8);
AT(nodelock_record, feature, 12, 16);
AT(nodelock_record, feature_len, 16, 24);
AT(nodelock_record, kind, 20, 32);
AT(nodelock_record, line_id, 24, 36);
AT(nodelock_record, effect, 34, 46);
AT(nodelock_record, reserved, 35, 47);

SIZE(nodelock_pinned_table, 16, 24);
AT(nodelock_pinned_table, digest, 0, 0);
AT(nodelock_pinned_table, entries, 8, 8);
AT(nodelock_pinned_table, entry_count, 12, 16);

SIZE(nodelock_pinned_key, 80, 88);
AT(nodelock_pinned_key, key, 0, 0);
AT(nodelock_pinned_key, table, 64, 64);

SIZE(nodelock_pinned_keys, 24, 40);
AT(nodelock_pinned_keys, generator, 0, 0);
AT(nodelock_pinned_keys, keys, 16, 24);
AT(nodelock_pinned_keys, key_count, 20, 32);

SIZE(nodelock_config, 52, 88);
AT(nodelock_config, size, 0, 0);
AT(nodelock_config, slot_size, 4, 4);
AT(nodelock_config, flags, 8, 8);
AT(nodelock_config, anchor_count, 12, 12);
AT(nodelock_config, anchors, 16, 16);
AT(nodelock_config, user, 20, 24);
AT(nodelock_config, read_udi, 24, 32);
AT(nodelock_config, sha256_begin, 28, 40);
AT(nodelock_config, sha256_update, 32, 48);
AT(nodelock_config, sha256_finish, 36, 56);
AT(nodelock_config, verify_signature, 40, 64);
AT(nodelock_config, on_record, 44, 72);
AT(nodelock_config, pinned, 48, 80);

SIZE(nodelock_tally, 32, 32);
AT(nodelock_tally, installed, 0, 0);
AT(nodelock_tally, existing, 4, 4);
AT(nodelock_tally, keys, 8, 8);
AT(nodelock_tally, for_others, 12, 12);
AT(nodelock_tally, refused, 16, 16);
AT(nodelock_tally, first_refused, 20, 20);
AT(nodelock_tally, first_refusal, 24, 24);
AT(nodelock_tally, stray, 28, 28);

SIZE(nodelock_explanation, 48, 48);
AT(nodelock_explanation, needed, 0, 0);
AT(nodelock_explanation, licensed, 8, 8);
AT(nodelock_explanation, verdict, 16, 16);
AT(nodelock_explanation, reason, 20, 20);
AT(nodelock_explanation, lines, 24, 24);
AT(nodelock_explanation, version, 28, 28);
AT(nodelock_explanation, line_id, 36, 36);
AT(nodelock_explanation, reserved, 46, 46);

SIZE(nodelock_answer, 120, 120);
AT(nodelock_answer, needed, 0, 0);
AT(nodelock_answer, licensed, 8, 8);
AT(nodelock_answer, in_use, 16, 16);
AT(nodelock_answer, maximum, 24, 24);
AT(nodelock_answer, used_seconds, 32, 32);
AT(nodelock_answer, wait_seconds, 40, 40);
AT(nodelock_answer, repair_number, 48, 48);
AT(nodelock_answer, verdict, 56, 56);
AT(nodelock_answer, reason, 60, 60);
AT(nodelock_answer, first_day, 64, 64);
AT(nodelock_answer, last_day, 68, 68);
AT(nodelock_answer, known_day, 72, 72);
AT(nodelock_answer, shown_day, 76, 76);
AT(nodelock_answer, refused, 80, 80);
AT(nodelock_answer, refused_reason, 84, 84);
AT(nodelock_answer, version_needed, 88, 88);
AT(nodelock_answer, version_licensed, 96, 96);
AT(nodelock_answer, level, 104, 104);
AT(nodelock_answer, line_id, 106, 106);
AT(nodelock_answer, next_boot, 116, 116);
AT(nodelock_answer, ran_out, 117, 117);
AT(nodelock_answer, reserved, 118, 118);

SIZE(nodelock_license, 128, 128);
AT(nodelock_license, count, 0, 0);
AT(nodelock_license, usage_seconds, 8, 8);
AT(nodelock_license, issued, 16, 16);
AT(nodelock_license, start, 20, 20);
AT(nodelock_license, end, 24, 24);
AT(nodelock_license, license_type, 28, 28);
AT(nodelock_license, combine, 32, 32);
AT(nodelock_license, expiry, 36, 36);
AT(nodelock_license, member, 40, 40);
AT(nodelock_license, version, 44, 44);
AT(nodelock_license, line_id, 52, 52);
AT(nodelock_license, feature_len, 62, 62);
AT(nodelock_license, feature, 63, 63);

SIZE(nodelock_feature, 56, 80);
AT(nodelock_feature, name, 0, 0);
AT(nodelock_feature, module, 4, 8);
AT(nodelock_feature, package, 8, 16);
AT(nodelock_feature, eula, 12, 24);
AT(nodelock_feature, includes, 16, 32);
AT(nodelock_feature, include_count, 20, 40);
AT(nodelock_feature, maximum, 24, 48);
AT(nodelock_feature, version, 32, 56);
AT(nodelock_feature, trial_seconds, 40, 64);
AT(nodelock_feature, rank, 44, 68);
AT(nodelock_feature, flags, 48, 72);
AT(nodelock_feature, expiry, 52, 76);

SIZE(nodelock_agent_config, 84, 128);
AT(nodelock_agent_config, size, 0, 0);
AT(nodelock_agent_config, feature_size, 4, 4);
AT(nodelock_agent_config, base, 8, 8);
AT(nodelock_agent_config, features, 12, 16);
AT(nodelock_agent_config, feature_count, 16, 24);
AT(nodelock_agent_config, built, 20, 28);
AT(nodelock_agent_config, charge_interval, 24, 32);
AT(nodelock_agent_config, back_tolerance, 28, 36);
AT(nodelock_agent_config, forward_bound, 32, 40);
AT(nodelock_agent_config, forward_wait, 36, 44);
AT(nodelock_agent_config, load, 40, 48);
AT(nodelock_agent_config, store, 44, 56);
AT(nodelock_agent_config, remove, 48, 64);
AT(nodelock_agent_config, device_secret, 52, 72);
AT(nodelock_agent_config, rollback_protection, 56, 80);
AT(nodelock_agent_config, rollback_required, 60, 84);
AT(nodelock_agent_config, counters_read, 64, 88);
AT(nodelock_agent_config, counters_start, 68, 96);
AT(nodelock_agent_config, counters_commit, 72, 104);
AT(nodelock_agent_config, device_key, 76, 112);
AT(nodelock_agent_config, device_sign, 80, 120);

SIZE(nodelock_agent_memory, 88, 144);
AT(nodelock_agent_memory, size, 0, 0);
AT(nodelock_agent_memory, line_slot_size, 4, 4);
AT(nodelock_agent_memory, feature_slot_size, 8, 8);
AT(nodelock_agent_memory, lease_slot_size, 12, 12);
AT(nodelock_agent_memory, event_slot_size, 16, 16);
AT(nodelock_agent_memory, catalog_entry_size, 20, 20);
AT(nodelock_agent_memory, name_slot_size, 24, 24);
AT(nodelock_agent_memory, reserved, 28, 28);
AT(nodelock_agent_memory, lines, 32, 32);
AT(nodelock_agent_memory, line_count, 36, 40);
AT(nodelock_agent_memory, features, 40, 48);
AT(nodelock_agent_memory, feature_count, 44, 56);
AT(nodelock_agent_memory, leases, 48, 64);
AT(nodelock_agent_memory, lease_count, 52, 72);
AT(nodelock_agent_memory, events, 56, 80);
AT(nodelock_agent_memory, event_count, 60, 88);
AT(nodelock_agent_memory, catalog, 64, 96);
AT(nodelock_agent_memory, catalog_count, 68, 104);
AT(nodelock_agent_memory, names, 72, 112);
AT(nodelock_agent_memory, name_count, 76, 120);
AT(nodelock_agent_memory, scratch, 80, 128);
AT(nodelock_agent_memory, scratch_len, 84, 136);

SIZE(nodelock_uptime, 8, 8);
AT(nodelock_uptime, seconds, 0, 0);

SIZE(nodelock_units, 8, 8);
AT(nodelock_units, count, 0, 0);

SIZE(nodelock_owner, 4, 4);
AT(nodelock_owner, number, 0, 0);

SIZE(nodelock_lease, 8, 8);
AT(nodelock_lease, token, 0, 0);

SIZE(nodelock_now, 24, 24);
AT(nodelock_now, uptime, 0, 0);
AT(nodelock_now, wall, 8, 8);
AT(nodelock_now, wall_known, 16, 16);
AT(nodelock_now, reserved, 20, 20);

SIZE(nodelock_agent_line, 184, 184);
AT(nodelock_agent_line, license, 0, 0);
AT(nodelock_agent_line, used_seconds, 128, 128);
AT(nodelock_agent_line, left_seconds, 136, 136);
AT(nodelock_agent_line, in_use, 144, 144);
AT(nodelock_agent_line, license_type, 152, 152);
AT(nodelock_agent_line, state, 156, 156);
AT(nodelock_agent_line, source, 160, 160);
AT(nodelock_agent_line, priority, 164, 164);
AT(nodelock_agent_line, eula, 168, 168);
AT(nodelock_agent_line, dates, 172, 172);
AT(nodelock_agent_line, handle, 176, 176);
AT(nodelock_agent_line, reserved, 178, 178);

SIZE(nodelock_event, 48, 48);
AT(nodelock_event, uptime, 0, 0);
AT(nodelock_event, value, 8, 8);
AT(nodelock_event, dropped, 16, 16);
AT(nodelock_event, kind, 24, 24);
AT(nodelock_event, severity, 28, 28);
AT(nodelock_event, handle, 32, 32);
AT(nodelock_event, line_id, 34, 34);
AT(nodelock_event, reserved, 44, 44);

SIZE(nodelock_history_entry, 104, 104);
AT(nodelock_history_entry, number, 0, 0);
AT(nodelock_history_entry, wall, 8, 8);
AT(nodelock_history_entry, kind, 16, 16);
AT(nodelock_history_entry, wall_known, 20, 20);
AT(nodelock_history_entry, line_id, 24, 24);
AT(nodelock_history_entry, feature, 34, 34);
AT(nodelock_history_entry, reserved, 99, 99);

SIZE(nodelock_jobs_memory, 32, 48);
AT(nodelock_jobs_memory, size, 0, 0);
AT(nodelock_jobs_memory, slot_size, 4, 4);
AT(nodelock_jobs_memory, result_slot_size, 8, 8);
AT(nodelock_jobs_memory, reserved, 12, 12);
AT(nodelock_jobs_memory, slots, 16, 16);
AT(nodelock_jobs_memory, slot_count, 20, 24);
AT(nodelock_jobs_memory, results, 24, 32);
AT(nodelock_jobs_memory, result_count, 28, 40);

SIZE(nodelock_job_request, 32, 32);
AT(nodelock_job_request, action, 0, 0);
AT(nodelock_job_request, member, 4, 4);
AT(nodelock_job_request, stop_on_failure, 8, 8);
AT(nodelock_job_request, accept_eula, 12, 12);
AT(nodelock_job_request, line_id, 16, 16);
AT(nodelock_job_request, reserved, 26, 26);

SIZE(nodelock_job, 60, 60);
AT(nodelock_job, request, 0, 0);
AT(nodelock_job, id, 32, 32);
AT(nodelock_job, state, 36, 36);
AT(nodelock_job, cause, 40, 40);
AT(nodelock_job, queue_position, 44, 44);
AT(nodelock_job, results, 48, 48);
AT(nodelock_job, failures, 52, 52);
AT(nodelock_job, for_others, 56, 56);

SIZE(nodelock_job_result, 16, 16);
AT(nodelock_job_result, number, 0, 0);
AT(nodelock_job_result, state, 4, 4);
AT(nodelock_job_result, cause, 8, 8);
AT(nodelock_job_result, reason, 12, 12);

SIZE(nodelock_job_port, 20, 32);
AT(nodelock_job_port, size, 0, 0);
AT(nodelock_job_port, reserved, 4, 4);
AT(nodelock_job_port, user, 8, 8);
AT(nodelock_job_port, eula, 12, 16);
AT(nodelock_job_port, output, 16, 24);

SIZE(nodelock_flash_port, 32, 48);
AT(nodelock_flash_port, size, 0, 0);
AT(nodelock_flash_port, page_len, 4, 4);
AT(nodelock_flash_port, pages, 8, 8);
AT(nodelock_flash_port, word_len, 12, 12);
AT(nodelock_flash_port, user, 16, 16);
AT(nodelock_flash_port, read, 20, 24);
AT(nodelock_flash_port, write, 24, 32);
AT(nodelock_flash_port, erase, 28, 40);

SIZE(nodelock_std_host, 32, 32);

SIZE(nodelock_std_console, 24, 40);
AT(nodelock_std_console, size, 0, 0);
AT(nodelock_std_console, reserved, 4, 4);
AT(nodelock_std_console, user, 8, 8);
AT(nodelock_std_console, print, 12, 16);
AT(nodelock_std_console, eula, 16, 24);
AT(nodelock_std_console, confirm, 20, 32);
