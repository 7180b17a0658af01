/* STUB, not Zephyr: see fs/nvs.h. */
#ifndef STUB_KERNEL_H
#define STUB_KERNEL_H

#include <stdint.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))

int64_t k_uptime_get(void);

__attribute__((format(printf, 1, 2))) void printk(const char *fmt, ...);

typedef struct {
    int64_t ticks;
} k_timeout_t;
#define K_NO_WAIT ((k_timeout_t){0})
#define K_FOREVER ((k_timeout_t){-1})
#define K_SECONDS(s) ((k_timeout_t){(int64_t)(s)*1000})

struct k_mutex {
    int locks;
};
#define K_MUTEX_DEFINE(name) struct k_mutex name = {0}
int k_mutex_lock(struct k_mutex *mutex, k_timeout_t timeout);
int k_mutex_unlock(struct k_mutex *mutex);

struct k_sem {
    unsigned int count;
    unsigned int limit;
};
#define K_SEM_DEFINE(name, initial_count, count_limit) struct k_sem name = {initial_count, count_limit}
int k_sem_take(struct k_sem *sem, k_timeout_t timeout);
void k_sem_give(struct k_sem *sem);

#endif
