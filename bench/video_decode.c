// SPDX-License-Identifier: Apache-2.0
//
// What decoding alone costs: every frame of the first video stream, on one thread, thrown away. The
// peer of hashing frames; the same libraries, the same stream, none of what Clew does.
//
//   video_decode FILE      prints the number of frames
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    AVFormatContext *file;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    int stream;
} Reader;

static void fail(const char *what)
{
    fprintf(stderr, "video_decode: %s\n", what);
    exit(2);
}

static void open_reader(Reader *reader, const char *path)
{
    const AVCodec *decoder = NULL;
    if (avformat_open_input(&reader->file, path, NULL, NULL) < 0 ||
        avformat_find_stream_info(reader->file, NULL) < 0)
        fail("the file cannot be opened");
    reader->stream = av_find_best_stream(reader->file, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);
    if (reader->stream < 0 || !decoder)
        fail("there is no video stream that can be decoded");
    for (unsigned i = 0; i < reader->file->nb_streams; i++)
        if ((int)i != reader->stream)
            reader->file->streams[i]->discard = AVDISCARD_ALL;
    reader->codec = avcodec_alloc_context3(decoder);
    const AVCodecParameters *facts = reader->file->streams[reader->stream]->codecpar;
    if (!reader->codec || avcodec_parameters_to_context(reader->codec, facts) < 0)
        fail("the stream cannot be described");
    reader->codec->thread_count = 1;
    if (avcodec_open2(reader->codec, decoder, NULL) < 0)
        fail("the decoder cannot be opened");
    reader->packet = av_packet_alloc();
    reader->frame = av_frame_alloc();
    if (!reader->packet || !reader->frame)
        fail("out of memory");
}

// A packet, or NULL to drain. Returns the frames that came out.
static unsigned long decode(Reader *reader, const AVPacket *packet)
{
    unsigned long frames = 0;
    if (avcodec_send_packet(reader->codec, packet) < 0)
        return 0;
    while (avcodec_receive_frame(reader->codec, reader->frame) == 0)
        frames++;
    return frames;
}

static void close_reader(Reader *reader)
{
    av_frame_free(&reader->frame);
    av_packet_free(&reader->packet);
    avcodec_free_context(&reader->codec);
    avformat_close_input(&reader->file);
}

int main(int argc, char **argv)
{
    Reader reader = {0};
    unsigned long frames = 0;
    if (argc != 2)
        fail("usage: video_decode FILE");
    open_reader(&reader, argv[1]);
    while (av_read_frame(reader.file, reader.packet) >= 0) {
        if (reader.packet->stream_index == reader.stream)
            frames += decode(&reader, reader.packet);
        av_packet_unref(reader.packet);
    }
    frames += decode(&reader, NULL);
    printf("%lu\n", frames);
    close_reader(&reader);
    return 0;
}
