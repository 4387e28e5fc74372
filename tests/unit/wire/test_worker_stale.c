// SPDX-License-Identifier: Apache-2.0
//
// A worker program left over from another version: it says so and would serve.
#include <string.h>
#include <unistd.h>

#include "wire/channel.h"
#include "wire/zygote_protocol.h"

int main(void)
{
    ZygoteHello hello = {.program_version = "0.0.1-older", .noun = "the stale worker"};
    channel_send(ZYGOTE_CONTROL_DESCRIPTOR, &hello, sizeof hello, NULL, 0);
    pause();
    return 0;
}
