// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/frame_list.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "wire/list_client.h"

static bool take_description(void *user_data, const ListDescription *description, GError **err)
{
    return true;
}

static bool take_entry(void *user_data, const ListEntry *entry, GError **err)
{
    const FrameListReceiver *receiver = user_data;
    g_autoptr(VideoFrames) frames = video_frames_new(FRAMES_VPDQ);
    frames->variants[0] = g_array_new(FALSE, FALSE, sizeof(FrameHash));
    g_array_append_vals(frames->variants[0], entry->frames, (unsigned)entry->frame_count);
    return receiver->video(receiver->user_data, entry->name, frames, err);
}

static bool take_refused(void *user_data, uint64_t position, const char *reason, GError **err)
{
    const FrameListReceiver *receiver = user_data;
    receiver->refused(receiver->user_data, position, reason);
    return true;
}

static bool is_cancelled(void *user_data, GError **err)
{
    const FrameListReceiver *receiver = user_data;
    if (!receiver->is_cancelled())
        return false;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "interrupted");
    return true;
}

bool frame_list_read(Zygote *zygote, const char *path, const FrameListReceiver *receiver,
                     GError **err)
{
    const ListReadRequest request = {.format = "vpdq"};
    const ListReceiver list = {.described = take_description,
                               .entry = take_entry,
                               .refused = take_refused,
                               .is_cancelled = is_cancelled,
                               .user_data = (void *)receiver};
    bool is_stdin = strcmp(path, "-") == 0;
    int descriptor = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return clew_error_set_errno(err, errno, "cannot read the frames in %s", path);
    bool ok = list_client_read(zygote, descriptor, is_stdin ? "standard input" : path, &request,
                               &list, err);
    if (!is_stdin)
        close(descriptor);
    return ok;
}
