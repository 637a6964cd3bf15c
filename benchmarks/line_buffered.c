/* Linked to the plain C program: what it prints passes a pipe at once, not after it has torn everything down, so that its first result
   can be timed from outside, from exec on, as the server's first answer is. */
#include <stdio.h>
__attribute__((constructor)) static void by_lines(void) { setvbuf(stdout, NULL, _IOLBF, BUFSIZ); }
