/* What pinned.c needs of it; see board.c. */
#ifndef STDIO_H
#define STDIO_H

int printf(const char *format, ...);

#endif
