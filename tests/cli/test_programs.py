#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What each program links, read from the ELF files that were built: promise 1 of the architecture.

Reads the NEEDED entries of the program itself and the symbols it defines, so that neither a shared
nor a static decoder can slip in.
"""
import re
import subprocess

import tap

# Libraries a program may name itself. libc and compiler runtimes are always allowed.
ALWAYS = {"libc", "libm", "libpthread", "ld-linux-x86-64", "libasan", "libubsan", "libgcc_s",
          "libglib-2.0"}
ALLOWED = {
    "clew": {"libcrypto", "libsqlite3", "libseccomp", "libxxhash", "libsodium", "liboath", "libpq",
             "libcurl"},
    "clewd": {"libcrypto", "libsqlite3", "libseccomp", "libxxhash", "libsodium", "liboath", "libpq",
              "libmicrohttpd", "libjansson", "libcurl"},
    "clew-media-worker": {"libcrypto", "libseccomp", "libjpeg", "libvips", "libavformat",
                          "libavcodec", "libavutil", "libswscale",
                          "libgobject-2.0", "libgio-2.0", "libgmodule-2.0"},
    # Container libraries, and what they compress with; never a picture decoder or a network client
    # of ours. (libtsk brings libcurl by way of libaff; the lock denies it the network.)
    "clew-evidence-worker": {"libcrypto", "libseccomp", "libtsk", "libarchive", "libqpdf", "libgsf-1",
                             "libgmime-3.0", "libgobject-2.0", "libgio-2.0", "libz", "libbz2",
                             "liblzma", "libzstd", "libdeflate", "libstdc++"},
    "clew-list-worker": {"libcrypto", "libseccomp", "libexpat", "libsqlite3"},
}
# Functions that only a decoder or a parser of outside bytes has.
FORBIDDEN_IN_CLEW = re.compile(r"^(jpeg_|jinit_|vips_|exif_read|exif_data_|av_|avcodec_|avformat_|sws_|heif_|XML_|xmlParse|"
                               r"png_|TIFF|WebPDecode|still_open|video_open|list_format_recognise|"
                               r"tsk_|archive_read|libewf_|libpff_|gsf_|g_mime_|qpdf_|walk_child)")


def program(name):
    return tap.BUILD / "src" / "apps" / name / name


def needed(name):
    text = subprocess.run(["readelf", "-d", program(name)], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return {re.sub(r"\.so.*", "", match) for match in re.findall(r"NEEDED.*\[(.*)\]", text)}


def check_links(name):
    found = needed(name)
    assert found, f"{name}: no NEEDED entry was read"
    tap.fail_with(f"{name} links {library}"
                  for library in sorted(found - ALLOWED[name] - ALWAYS))


def test_clew_links_no_decoder_and_no_xml_parser():
    check_links("clew")


def test_clewd_links_no_decoder_and_no_xml_parser():
    check_links("clewd")


def test_the_media_worker_links_only_what_its_row_names():
    check_links("clew-media-worker")


def test_the_evidence_worker_links_container_libraries_and_no_picture_decoder():
    check_links("clew-evidence-worker")


def test_the_list_worker_links_no_picture_decoder():
    check_links("clew-list-worker")


def check_holds_no_decoder(name):
    text = subprocess.run(["nm", "-P", program(name)], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    names = [line.split()[0].split("@")[0] for line in text.splitlines()]
    assert "main" in names, f"the symbols of {name} were not read"
    tap.fail_with(f"{name} contains {symbol}" for symbol in names
                  if FORBIDDEN_IN_CLEW.match(symbol))


def test_clew_contains_no_function_of_a_decoder():
    check_holds_no_decoder("clew")


def test_clewd_contains_no_function_of_a_decoder():
    check_holds_no_decoder("clewd")


def test_no_program_uses_the_form_parser_of_its_http_library():
    text = subprocess.run(["nm", "-D", "-P", program("clewd")], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    assert "MHD_start_daemon" in text, "the symbols of clewd were not read"
    assert "MHD_create_post_processor" not in text


def test_programs_are_hardened():
    for name in ALLOWED:
        header = subprocess.run(["readelf", "-hldW", program(name)], check=True, text=True,
                                stdout=subprocess.PIPE).stdout
        assert "DYN (Position-Independent Executable" in header, f"{name} is not relocatable"
        assert "GNU_RELRO" in header, f"{name} has no read-only relocations"
        assert not re.search(r"GNU_STACK.*RWE", header), f"{name} has an executable stack"


if __name__ == "__main__":
    tap.main(globals())
