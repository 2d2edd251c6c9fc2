// Debian's libargon2-dev.
#include <argon2.h>
