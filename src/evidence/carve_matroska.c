// SPDX-License-Identifier: Apache-2.0
//
// Matroska and WebM (RFC 8794, RFC 9559): elements of an id, a length and contents, both numbers of
// 1 to 8 bytes whose first byte tells by its leading zeroes how many.
//
//   1A45DFA3 header (DocType inside) | 18538067 Segment: SeekHead, Info, Tracks, Cluster …
//
// A length of all ones is unknown, as live recordings have it: then the Segment, or a Cluster, goes
// on as long as elements follow that belong into it.
#include <string.h>

#include "evidence/carve_formats.h"

#define UNKNOWN_LENGTH UINT64_MAX
#define HEADER_BYTES_MAX 4096u
#define ELEMENTS_MAX 100000000u

enum {
    ID_HEADER = 0x1a45dfa3,
    ID_SEGMENT = 0x18538067,
    ID_SEEK_HEAD = 0x114d9b74,
    ID_INFO = 0x1549a966,
    ID_TRACKS = 0x1654ae6b,
    ID_CUES = 0x1c53bb6b,
    ID_TAGS = 0x1254c367,
    ID_CLUSTER = 0x1f43b675,
    ID_CHAPTERS = 0x1043a770,
    ID_ATTACHMENTS = 0x1941a469,
    ID_VOID = 0xec,
    ID_CRC = 0xbf,
    ID_TIMESTAMP = 0xe7,
    ID_SILENT_TRACKS = 0x5854,
    ID_POSITION = 0xa7,
    ID_PREVIOUS_SIZE = 0xab,
    ID_SIMPLE_BLOCK = 0xa3,
    ID_BLOCK_GROUP = 0xa0,
    ID_ENCRYPTED_BLOCK = 0xaf,
};

typedef struct {
    uint32_t id;
    uint64_t contents_at, length; // length may be UNKNOWN_LENGTH
} Element;

typedef struct {
    CarveView *view;
    uint64_t at;
    bool has_tracks, has_cluster;
} MatroskaWalk;

static const uint32_t segment_ids[] = {ID_SEEK_HEAD, ID_INFO,     ID_TRACKS,      ID_CUES, ID_TAGS,
                                       ID_CLUSTER,   ID_CHAPTERS, ID_ATTACHMENTS, ID_VOID, ID_CRC};
static const uint32_t cluster_ids[] = {ID_TIMESTAMP,       ID_SILENT_TRACKS, ID_POSITION,
                                       ID_PREVIOUS_SIZE,   ID_SIMPLE_BLOCK,  ID_BLOCK_GROUP,
                                       ID_ENCRYPTED_BLOCK, ID_VOID,          ID_CRC};

static bool is_one_of(uint32_t id, const uint32_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id)
            return true;
    }
    return false;
}

static bool is_in_segment(uint32_t id)
{
    return is_one_of(id, segment_ids, sizeof(segment_ids) / sizeof(segment_ids[0]));
}

static bool is_in_cluster(uint32_t id)
{
    return is_one_of(id, cluster_ids, sizeof(cluster_ids) / sizeof(cluster_ids[0]));
}

// An id of up to 4 bytes, with its marking bit, as ids are written.
static uint32_t read_id(Reader *reader)
{
    uint32_t id = reader_u8(reader);
    unsigned more = id >= 0x80 ? 0 : id >= 0x40 ? 1 : id >= 0x20 ? 2 : 3;
    if (id < 0x10)
        return 0;
    for (unsigned i = 0; i < more; i++)
        id = id << 8 | reader_u8(reader);
    return id;
}

static uint64_t read_length(Reader *reader)
{
    uint8_t first = reader_u8(reader);
    if (first == 0) {
        reader->failed = true;
        return 0;
    }
    unsigned more = (unsigned)__builtin_clz(first) - 24;
    uint64_t length = first & (0x7fu >> more);
    bool ones = length == 0x7fu >> more;
    for (unsigned i = 0; i < more; i++) {
        uint8_t byte = reader_u8(reader);
        length = length << 8 | byte;
        ones &= byte == 0xff;
    }
    return ones ? UNKNOWN_LENGTH : length;
}

static bool read_element(CarveView *view, uint64_t at, Element *ret_element)
{
    Reader reader = carve_view_reader(view, at, 12);
    uint32_t id = read_id(&reader);
    uint64_t length = read_length(&reader);
    if (reader.failed || id == 0)
        return false;
    *ret_element = (Element){.id = id, .contents_at = at + reader.position, .length = length};
    return true;
}

// The header names the kind of document. False when it is another or none.
static bool skip_header(MatroskaWalk *walk)
{
    Element header;
    if (!read_element(walk->view, walk->at, &header) || header.id != ID_HEADER ||
        header.length > HEADER_BYTES_MAX)
        return false;
    Reader reader = carve_view_reader(walk->view, header.contents_at, (size_t)header.length);
    walk->at = header.contents_at + header.length;
    return reader.size_bytes == header.length &&
           (memmem(reader.data, reader.size_bytes, "\x42\x82\x84webm", 7) != NULL ||
            memmem(reader.data, reader.size_bytes, "\x42\x82\x88matroska", 11) != NULL);
}

// Steps over an element of known length. False when it is not all there.
static bool skip_element(MatroskaWalk *walk, const Element *element, uint64_t end)
{
    if (element->length > end - element->contents_at) {
        walk->at = end;
        return false;
    }
    walk->at = element->contents_at + element->length;
    return true;
}

// A cluster of unknown length ends where an element of the segment, or nothing known, follows.
static bool skip_open_cluster(MatroskaWalk *walk, const Element *cluster, uint64_t end)
{
    walk->at = cluster->contents_at;
    for (unsigned i = 0; i < ELEMENTS_MAX && walk->at < end; i++) {
        Element element;
        if (!read_element(walk->view, walk->at, &element) || !is_in_cluster(element.id) ||
            element.length == UNKNOWN_LENGTH)
            return true;
        if (!skip_element(walk, &element, end))
            return false;
    }
    return true;
}

// Goes over what lies in the segment up to `end`. False when it breaks off there.
static bool walk_segment(MatroskaWalk *walk, uint64_t end)
{
    for (unsigned i = 0; i < ELEMENTS_MAX && walk->at < end; i++) {
        Element element;
        if (!read_element(walk->view, walk->at, &element) || !is_in_segment(element.id))
            return true;
        walk->has_tracks |= element.id == ID_TRACKS;
        walk->has_cluster |= element.id == ID_CLUSTER;
        bool is_open = element.length == UNKNOWN_LENGTH;
        if (is_open && element.id != ID_CLUSTER)
            return true;
        if (!(is_open ? skip_open_cluster(walk, &element, end) : skip_element(walk, &element, end)))
            return false;
    }
    return true;
}

CarveShape carve_matroska(CarveView *view)
{
    MatroskaWalk walk = {.view = view};
    Element segment;
    if (!skip_header(&walk))
        return carve_shape(CARVE_NOTHING, 0);
    while (read_element(view, walk.at, &segment) && segment.id == ID_VOID &&
           segment.length <= HEADER_BYTES_MAX)
        walk.at = segment.contents_at + segment.length;
    if (!read_element(view, walk.at, &segment) || segment.id != ID_SEGMENT)
        return carve_shape(CARVE_NOTHING, 0);

    bool is_known = segment.length != UNKNOWN_LENGTH;
    uint64_t left = view->size_bytes - segment.contents_at;
    bool is_all_there = !is_known || segment.length <= left;
    walk.at = segment.contents_at;
    bool ends_well = walk_segment(
        &walk, is_known && is_all_there ? segment.contents_at + segment.length : view->size_bytes);
    if (is_known)
        ends_well &= is_all_there && walk.at == segment.contents_at + segment.length;
    bool is_plausible = walk.has_tracks && walk.has_cluster;
    return carve_shape_by(ends_well && is_plausible, is_plausible, walk.at);
}
