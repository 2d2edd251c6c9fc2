// `prctl` takes a variable number of arguments, which Swift does not call.
#include <sys/prctl.h>

/// Nobody but root may read this process's memory or environment, and it leaves no core file. 0, or -1 when it did not work.
static inline int signalist_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

/// Where the linker put the program's first byte.
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
static inline const void *signalist_image_base(void) { return __ehdr_start; }
