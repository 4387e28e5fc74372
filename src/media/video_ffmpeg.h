// SPDX-License-Identifier: Apache-2.0
//
// The parts of the FFmpeg backend, each a file: input (bytes, demuxer, decoder), end, packets
// (which of them the decoder gets), picture (a decoded frame as pixels), facts (what the file says
// of itself). Library types are shown here, so nothing outside media/ includes it.
#pragma once

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>

#include "media/video_backend.h"
#include "media/video_rank.h"

#define PACKET_QUEUE 96u // packets held until the rank of the first is settled
#define PASSED_MAX 128u

typedef struct {
    // Input.
    AVFormatContext *format;
    AVIOContext *io;
    AVCodecContext *codec;
    AVStream *stream;
    const char *media_type;
    uint64_t position;
    int read_errno;  // of the source; 0 while it reads well
    bool is_probing; // looking for streams
    unsigned probes;

    // Packets.
    AVPacket *queue[PACKET_QUEUE];
    unsigned queue_first, queue_count;
    size_t queue_bytes;
    bool at_end; // the demuxer has no more
    unsigned errors_in_row;
    uint64_t packets;           // of the stream
    int64_t last_time;          // of any stream, AV_TIME_BASE; what has come of the duration
    FrameRank rank;             // of the packets that make frames
    unsigned agreed;            // frames whose rank was as foretold
    bool can_pass;              // frames that will not be taken may be passed over
    bool is_draining;           // the decoder was told that nothing follows
    uint64_t shown;             // frames out of the decoder and passed over
    int64_t passed[PASSED_MAX]; // pts of packets that the decoder may pass over
    unsigned passed_count;
    uint32_t key_number; // SAMPLING_KEY_FRAMES: of the frame being decoded
    bool has_key_number;
    bool has_key_frame; // one has come

    // Picture.
    AVFrame *frame;
    struct SwsContext *scaler;
    uint8_t *rgb; // three bytes a pixel, before they become four
    size_t rgb_size;
} FfmpegState;

// Opens the demuxer and the decoder. The state is the caller's to close also on failure.
bool ffmpeg_input_open(Video *video, const char *media_type, GError **err);
void ffmpeg_input_close(FfmpegState *state);
// Sets facts->is_truncated from what has been read.
void ffmpeg_input_check_end(Video *video);
// Whether a stream without a length ends within a page or packet of its container.
bool ffmpeg_end_is_cut(const Video *video);
// The CLEW_ERROR for what a library function returned. Always false.
bool ffmpeg_input_fail(Video *video, int result, const char *what, GError **err);

// What the file says of itself, into video->facts.
void ffmpeg_facts_read(Video *video);

// The decoded frame as the choice wants it.
bool ffmpeg_picture(Video *video, const AVFrame *frame, VideoPicture *ret_picture, GError **err);
void ffmpeg_picture_clear(FfmpegState *state);

// Reads the first packet, which says whether the stream is encrypted.
bool ffmpeg_packets_peek(Video *video, GError **err);
// Gives the decoder its next packet, or tells it that there are none. False with an error set when
// the source fails or stops or a limit is reached.
bool ffmpeg_packets_feed(Video *video, GError **err);
// The number of a frame that has come out of the decoder.
uint32_t ffmpeg_packets_number(Video *video, const AVFrame *frame);
// Forgets what was read ahead.
void ffmpeg_packets_clear(FfmpegState *state);
