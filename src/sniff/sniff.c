// SPDX-License-Identifier: Apache-2.0
//
// From bytes to a type. First the table of magic bytes, whose rows either name the type or the
// function that looks deeper into a container shared by several; then what has no magic at the
// start (tar, ISO 9660, disks, transport streams); text last. Nothing loops over more than the
// first SNIFF_BYTES bytes, and nothing is believed of the item beyond its type.
#include "sniff/sniff.h"

#include <string.h>

#include "sniff/sniff_containers.h"
#include "sniff/sniff_types.h"

typedef TypeId (*Refine)(const uint8_t *bytes, size_t size_bytes);

typedef struct {
    uint16_t offset;
    uint8_t length;
    const char *magic;
    TypeId type;
    Refine refine; // decides instead of `type`; TYPE_UNKNOWN from it means: go on with the table
} Magic;

#define MAGIC(offset, text, type)                                                                  \
    {                                                                                              \
        offset, sizeof(text) - 1, text, type, NULL                                                 \
    }
#define MAGIC_REFINED(offset, text, refine)                                                        \
    {                                                                                              \
        offset, sizeof(text) - 1, text, TYPE_UNKNOWN, refine                                       \
    }

// Frequent types first; a longer magic before a shorter one that it contains.
static const Magic magics[] = {
    MAGIC(0, "\xff\xd8\xff", TYPE_JPEG),
    MAGIC(0, "\x89PNG\r\n\x1a\n", TYPE_PNG),
    MAGIC(0, "GIF87a", TYPE_GIF),
    MAGIC(0, "GIF89a", TYPE_GIF),
    MAGIC_REFINED(4, "ftyp", sniff_iso_bmff),
    MAGIC_REFINED(0, "RIFF", sniff_riff),
    MAGIC_REFINED(0, "PK\x03\x04", sniff_zip),
    MAGIC(0, "PK\x05\x06", TYPE_ZIP),
    MAGIC(0, "PK\x07\x08PK\x03\x04", TYPE_ZIP),
    MAGIC(0, "%PDF-", TYPE_PDF),
    MAGIC(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", TYPE_OLE),
    MAGIC(0,
          "\x7f"
          "ELF",
          TYPE_ELF),
    MAGIC_REFINED(0, "MZ", sniff_mz),
    MAGIC(0, "SQLite format 3\0", TYPE_SQLITE),
    // Stills.
    MAGIC(0, "II*\0\x10\0\0\0CR", TYPE_CR2),
    MAGIC_REFINED(0, "II*\0", sniff_tiff),
    MAGIC_REFINED(0, "MM\0*", sniff_tiff),
    MAGIC(0, "II+\0\x08\0\0\0", TYPE_TIFF),
    MAGIC(0, "MM\0+\0\x08\0\0", TYPE_TIFF),
    MAGIC(0, "IIRO", TYPE_ORF),
    MAGIC(0, "IIRS", TYPE_ORF),
    MAGIC(0, "MMOR", TYPE_ORF),
    MAGIC(0, "IIU\0", TYPE_RW2),
    MAGIC(0, "II\xbc\x01", TYPE_JXR),
    MAGIC(0, "II\x1a\0\0\0HEAPCCDR", TYPE_CRW),
    MAGIC(0, "FUJIFILMCCD-RAW", TYPE_RAF),
    MAGIC(0, "FOVb", TYPE_X3F),
    MAGIC(0, "\0MRM", TYPE_MRW),
    MAGIC_REFINED(0, "BM", sniff_bmp),
    MAGIC_REFINED(0, "\0\0\0\x0cjP  \r\n\x87\n", sniff_jp2),
    MAGIC(0, "\xff\x4f\xff\x51", TYPE_J2K),
    MAGIC(0, "\xff\x0a", TYPE_JXL),
    MAGIC(0, "\0\0\0\x0cJXL \r\n\x87\n", TYPE_JXL),
    MAGIC(0, "8BPS", TYPE_PSD),
    MAGIC_REFINED(0, "\0\0\x01\0", sniff_icon),
    MAGIC_REFINED(0, "\0\0\x02\0", sniff_icon),
    MAGIC(0, "icns", TYPE_ICNS),
    MAGIC(0, "DDS \x7c\0\0\0", TYPE_DDS),
    MAGIC_REFINED(0, "\x01\xda", sniff_sgi),
    MAGIC_REFINED(0, "P", sniff_pnm),
    MAGIC_REFINED(0, "\x0a", sniff_pcx),
    MAGIC(0, "gimp xcf", TYPE_XCF),
    MAGIC(0, "\x76\x2f\x31\x01", TYPE_EXR),
    MAGIC(0, "#?RADIANCE", TYPE_HDR),
    MAGIC(0, "#?RGBE", TYPE_HDR),
    MAGIC(0, "qoif", TYPE_QOI),
    MAGIC(0, "BPG\xfb", TYPE_BPG),
    MAGIC(0, "\x8bJNG\r\n\x1a\n", TYPE_JNG),
    MAGIC(0, "\x8aMNG\r\n\x1a\n", TYPE_MNG),
    MAGIC(0, "BLP1", TYPE_BLP),
    MAGIC(0, "BLP2", TYPE_BLP),
    MAGIC(0, "SIMPLE  =", TYPE_FITS),
    MAGIC(128, "DICM", TYPE_DICOM),
    MAGIC(0, "\xd7\xcd\xc6\x9a\0\0", TYPE_WMF),
    MAGIC(40, " EMF", TYPE_EMF),
    // Video and audio.
    MAGIC_REFINED(0, "\x1a\x45\xdf\xa3", sniff_ebml),
    MAGIC_REFINED(0, "OggS", sniff_ogg),
    MAGIC_REFINED(4, "moov", sniff_quicktime),
    MAGIC_REFINED(4, "mdat", sniff_quicktime),
    MAGIC_REFINED(4, "wide", sniff_quicktime),
    MAGIC_REFINED(4, "free", sniff_quicktime),
    MAGIC_REFINED(4, "skip", sniff_quicktime),
    MAGIC_REFINED(4, "pnot", sniff_quicktime),
    MAGIC(0, "FLV\x01", TYPE_FLV),
    MAGIC(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", TYPE_ASF),
    MAGIC(0, "\0\0\x01\xba", TYPE_MPEG_PS),
    MAGIC(0, "\0\0\x01\xb3", TYPE_MPEG_VIDEO),
    MAGIC(0, ".RMF", TYPE_REALMEDIA),
    MAGIC(0, "\x06\x0e\x2b\x34\x02\x05\x01\x01", TYPE_MXF),
    MAGIC(0, "FWS", TYPE_SWF),
    MAGIC(0, "CWS", TYPE_SWF),
    MAGIC(0, "ZWS", TYPE_SWF),
    MAGIC_REFINED(4, "\x11\xaf", sniff_fli),
    MAGIC_REFINED(4, "\x12\xaf", sniff_fli),
    MAGIC(0, "DKIF\0\0", TYPE_IVF),
    MAGIC(0, "YUV4MPEG2 ", TYPE_Y4M),
    MAGIC(0, "ID3", TYPE_MP3),
    MAGIC(0, "fLaC", TYPE_FLAC),
    MAGIC(0, "#!AMR", TYPE_AMR),
    MAGIC_REFINED(0, "FORM", sniff_iff),
    MAGIC(0, "MThd", TYPE_MIDI),
    MAGIC(0, "caff\0\x01", TYPE_CAF),
    MAGIC_REFINED(0, "\xff", sniff_mpeg_audio),
    // Archives.
    MAGIC(0, "7z\xbc\xaf\x27\x1c", TYPE_7Z),
    MAGIC(0, "Rar!\x1a\x07", TYPE_RAR),
    MAGIC(0, "RE~^", TYPE_RAR),
    MAGIC(0, "\x1f\x8b\x08", TYPE_GZIP),
    MAGIC(0, "BZh", TYPE_BZIP2),
    MAGIC(0,
          "\xfd"
          "7zXZ\0",
          TYPE_XZ),
    MAGIC(0, "\x28\xb5\x2f\xfd", TYPE_ZSTD),
    MAGIC(0, "\x04\x22\x4d\x18", TYPE_LZ4),
    MAGIC(0, "LZIP\x01", TYPE_LZIP),
    MAGIC(0, "\x1f\x9d", TYPE_COMPRESS),
    MAGIC(0, "MSCF\0\0\0\0", TYPE_CAB),
    MAGIC(0, "\x60\xea", TYPE_ARJ),
    MAGIC_REFINED(2, "-lh", sniff_lha),
    MAGIC(0, "!<arch>\n", TYPE_AR),
    MAGIC(0, "\xed\xab\xee\xdb", TYPE_RPM),
    MAGIC(0, "\xc7\x71", TYPE_CPIO),
    MAGIC(0, "070701", TYPE_CPIO),
    MAGIC(0, "070702", TYPE_CPIO),
    MAGIC(0, "070707", TYPE_CPIO),
    MAGIC(0, "xar!", TYPE_XAR),
    MAGIC(0, "hsqs", TYPE_SQUASHFS),
    MAGIC(0, "MSWIM\0\0\0", TYPE_WIM),
    // Documents and mail.
    MAGIC(0, "{\\rtf", TYPE_RTF),
    MAGIC(0, "%!PS", TYPE_POSTSCRIPT),
    MAGIC(0, "\xc5\xd0\xd3\xc6", TYPE_POSTSCRIPT),
    MAGIC(0, "AT&TFORM", TYPE_DJVU),
    MAGIC(0, "ITSF\x03\0\0\0", TYPE_CHM),
    MAGIC(0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", TYPE_ONENOTE),
    MAGIC(0, "!BDN", TYPE_PST),
    MAGIC(0, "\x78\x9f\x3e\x22", TYPE_TNEF),
    MAGIC(0, "\xcf\xad\x12\xfe", TYPE_DBX),
    // Disk images.
    MAGIC(0, "EVF\x09\r\n\xff\0", TYPE_EWF),
    MAGIC(0, "LVF\x09\r\n\xff\0", TYPE_LEF),
    MAGIC(0, "EVF2\r\n\x81\0", TYPE_EWF2),
    MAGIC(0, "LEF2\r\n\x81\0", TYPE_LEF),
    MAGIC(0, "AFF10\r\n\0", TYPE_AFF),
    MAGIC(0, "ADSEGMENTEDFILE\0", TYPE_AD1),
    MAGIC(0, "QFI\xfb", TYPE_QCOW),
    MAGIC(0, "conectix", TYPE_VHD),
    MAGIC(0, "vhdxfile", TYPE_VHDX),
    MAGIC(0, "KDMV", TYPE_VMDK),
    MAGIC(0, "COWD", TYPE_VMDK),
    MAGIC(0, "# Disk DescriptorFile", TYPE_VMDK),
    MAGIC(64, "\x7f\x10\xda\xbe", TYPE_VDI),
    MAGIC(0, "encrcdsa", TYPE_DMG),
    MAGIC(0, "sprs\0\0\0\3", TYPE_DMG),
    MAGIC(0, "WithoutFreeSpace", TYPE_PARALLELS),
    MAGIC(0, "WithouFreSpacExt", TYPE_PARALLELS),
    MAGIC(0, "QED\0", TYPE_QED),
    MAGIC(0, "\xfe\xef\1", TYPE_GHOST),
    MAGIC(0, "\xce\x24\xb9\xa2\x20\0\0\0", TYPE_TIB),
    MAGIC(0, "\xb4\x6e\x68\x44", TYPE_TIB),
    MAGIC(0, "partclone-image\0", TYPE_PARTCLONE),
    MAGIC(0, "LUKS\xba\xbe", TYPE_LUKS),
    // Executables, databases, stores.
    MAGIC_REFINED(0, "\xca\xfe\xba\xbe", sniff_cafebabe),
    MAGIC(0, "\xfe\xed\xfa\xce", TYPE_MACHO),
    MAGIC(0, "\xfe\xed\xfa\xcf", TYPE_MACHO),
    MAGIC(0, "\xce\xfa\xed\xfe", TYPE_MACHO),
    MAGIC(0, "\xcf\xfa\xed\xfe", TYPE_MACHO),
    MAGIC(0, "dex\n", TYPE_DEX),
    MAGIC(0, "\0asm", TYPE_WASM),
    MAGIC(4, "\xef\xcd\xab\x89", TYPE_ESE),
    MAGIC(4, "Standard Jet DB\0", TYPE_ACCESS),
    MAGIC(4, "Standard ACE DB\0", TYPE_ACCESS),
    MAGIC(0, "regf", TYPE_REGISTRY),
    MAGIC(0, "ElfFile\0", TYPE_EVTX),
    MAGIC(0, "bplist00", TYPE_PLIST),
    MAGIC(0, "wOFF", TYPE_WOFF),
    MAGIC(0, "wOF2", TYPE_WOFF2),
    // What needs more than a fixed text, cheapest test first.
    MAGIC(257, "ustar", TYPE_TAR),
    MAGIC_REFINED(0, "G", sniff_mpeg_ts),
    MAGIC_REFINED(4, "G", sniff_m2ts),
    MAGIC(32769, "CD001", TYPE_ISO),
    MAGIC_REFINED(510, "\x55\xaa", sniff_boot_sector),
    MAGIC_REFINED(1080, "\x53\xef", sniff_ext),
};

static bool magic_fits(const Magic *magic, const uint8_t *bytes, size_t size_bytes)
{
    return size_bytes >= (size_t)magic->offset + magic->length &&
           bytes[magic->offset] == (uint8_t)magic->magic[0] &&
           memcmp(bytes + magic->offset, magic->magic, magic->length) == 0;
}

static TypeId type_of(const uint8_t *bytes, size_t size_bytes)
{
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        if (!magic_fits(&magics[i], bytes, size_bytes))
            continue;
        TypeId type = magics[i].refine ? magics[i].refine(bytes, size_bytes) : magics[i].type;
        if (type != TYPE_UNKNOWN)
            return type;
    }
    if (sniff_is_old_tar(bytes, size_bytes))
        return TYPE_TAR;
    return sniff_text(bytes, size_bytes);
}

const SniffType *sniff_bytes(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes > SNIFF_BYTES)
        size_bytes = SNIFF_BYTES;
    TypeId type = size_bytes > 0 ? type_of(bytes, size_bytes) : TYPE_UNKNOWN;
    return &sniff_types[type].type;
}

const SniffType *sniff_by_media_type(const char *media_type)
{
    for (size_t i = 0; media_type != NULL && i < TYPE_COUNT; i++) {
        if (strcmp(sniff_types[i].type.media_type, media_type) == 0)
            return &sniff_types[i].type;
    }
    return NULL;
}

const char *family_name(Family family)
{
    static const char *const names[FAMILY_COUNT] = {
        [FAMILY_UNKNOWN] = "unknown",    [FAMILY_STILL] = "still",
        [FAMILY_VIDEO] = "video",        [FAMILY_AUDIO] = "audio",
        [FAMILY_ARCHIVE] = "archive",    [FAMILY_DOCUMENT] = "document",
        [FAMILY_MAIL] = "mail",          [FAMILY_DISK_IMAGE] = "disk image",
        [FAMILY_EXECUTABLE] = "program", [FAMILY_DATABASE] = "database",
        [FAMILY_FONT] = "font",          [FAMILY_TEXT] = "text",
    };
    return (unsigned)family < FAMILY_COUNT ? names[family] : names[FAMILY_UNKNOWN];
}
