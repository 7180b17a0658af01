/* STUB, not Zephyr: see ../fs/nvs.h. A root command registers itself before main. */
#ifndef STUB_SHELL_H
#define STUB_SHELL_H

#include <stddef.h>
#include <stdint.h>

#define SHELL_OPT_ARG_RAW (0xFE)

struct shell {
    int unused;
};

typedef int (*shell_cmd_handler)(const struct shell *sh, size_t argc, char **argv);

struct shell_static_entry;
union shell_cmd_entry {
    const struct shell_static_entry *entry;
};
struct shell_static_args {
    uint8_t mandatory;
    uint8_t optional;
};
struct shell_static_entry {
    const char *syntax;
    const char *help;
    const union shell_cmd_entry *subcmd;
    shell_cmd_handler handler;
    struct shell_static_args args;
};

#define SHELL_CMD_ARG(syntax, subcmd, help, handler, mand, opt) {#syntax, help, subcmd, handler, {mand, opt}}
#define SHELL_SUBCMD_SET_END {NULL, NULL, NULL, NULL, {0, 0}}
#define SHELL_STATIC_SUBCMD_SET_CREATE(name, ...)                                                                      \
    static const struct shell_static_entry shell_##name[] = {__VA_ARGS__};                                             \
    static const union shell_cmd_entry name = {.entry = shell_##name}
#define SHELL_CMD_REGISTER(syntax, subcmd, help, handler)                                                              \
    static const struct shell_static_entry shell_##syntax = SHELL_CMD_ARG(syntax, subcmd, help, handler, 0, 0);        \
    __attribute__((constructor)) static void shell_register_##syntax(void)                                             \
    {                                                                                                                  \
        stub_shell_register(&shell_##syntax);                                                                          \
    }                                                                                                                  \
    _Static_assert(1, "a semicolon follows")

void stub_shell_register(const struct shell_static_entry *root);

__attribute__((format(printf, 2, 3))) void shell_print(const struct shell *sh, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void shell_error(const struct shell *sh, const char *fmt, ...);

#endif
