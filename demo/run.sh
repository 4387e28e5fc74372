#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The main job on real pictures: makes a list of a few photographs, prepares a folder with copies,
# changed pictures, others and broken files, a disk image with hidden ones and a folder of films with
# pieces of a known one, scans them, says what the lines mean, and opens the desk on a case of them.
#
#   demo/run.sh TARGET      (make demo installs and builds what this needs first)
#
#   CLEW_BUILD=build        the folder with the programs and the desk
set -eu

source_root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
cd "$1"
build=${CLEW_BUILD:-$source_root/build}
clew=$build/clew
photos=/usr/share/backgrounds

step() { printf '\n== %s\n' "$*"; }
show() { printf '   $ %s\n' "$*"; }

step "Six photographs are the known ones; a folder holds copies, changed ones, others and broken files"
rm -rf data reports south demo_list.csv disk.E* film films film.vpdq
mkdir -m 700 data
mkdir reports
"$source_root/demo/prepare.py" folder "$photos" .

step "Hashing the known photographs into a list"
show "clew hash --json known"
"$clew" hash --json --quiet known > known.jsonl
"$source_root/demo/prepare.py" list < known.jsonl > demo_list.csv

step "Making a set of the list (data folder: $1/data)"
show "clew set import demo demo_list.csv --kind notable"
"$clew" --data data set import demo demo_list.csv --kind notable

step "Scanning the folder"
show "clew scan evidence --html reports/report.html --csv reports/report.csv"
status=0
"$clew" --data data scan evidence --html reports/report.html --csv reports/report.csv || status=$?
case $status in
1 | 4) ;;
*)
    echo "demo: the scan ended with status $status, which was not expected" >&2
    exit 1
    ;;
esac

step "A disk image in E01 segments hides the same six photographs, each in another way"
"$source_root/demo/evidence.py" known "$photos/umang_by_Abhishek_Mudgal.jpg" .

step "Scanning the image"
show "clew scan disk.E01 --html reports/disk.html --csv reports/disk.csv"
image_status=0
"$clew" --data data scan disk.E01 --html reports/disk.html --csv reports/disk.csv || image_status=$?
case $image_status in
1 | 4) ;;
*)
    echo "demo: the scan of the image ended with status $image_status" >&2
    exit 1
    ;;
esac

step "A film is known as well; pieces of it turn up in a folder"
"$source_root/demo/videos.py" "$photos" .

step "Making a set of its frames and of its digest"
show "clew hash --frames film/known.mp4 > film.vpdq"
"$clew" hash --frames --quiet film/known.mp4 > film.vpdq
show "clew set import film film.vpdq --kind notable"
"$clew" --data data set import film film.vpdq --kind notable
show "clew set add film SHA256"
"$clew" --data data set add film "$(sha256sum film/known.mp4 | cut -d ' ' -f 1)"

step "Scanning the folder"
show "clew scan films --html reports/films.html --csv reports/films.csv"
film_status=0
"$clew" --data data scan films --html reports/films.html --csv reports/films.csv || film_status=$?
case $film_status in
1 | 4) ;;
*)
    echo "demo: the scan of the films ended with status $film_status" >&2
    exit 1
    ;;
esac

step "Where does the covered film differ from the known one?"
show "clew diff film/known.mp4 films/covered.mp4"
diff_status=0
"$clew" diff film/known.mp4 films/covered.mp4 || diff_status=$?
if [ "$diff_status" != 1 ]; then
    echo "demo: the comparison ended with status $diff_status" >&2
    exit 1
fi

cat <<END

== How to read it

   EXACT      the same bytes, whatever the file is called. The SHA-256 agrees: this is certain.
   NEAR       looks like a known picture. "8 bits" of 256 differ, "mirrored" or "turned" says how it
              lies, "border cut off" that black bars were added, "embedded thumbnail" that the small
              picture inside the file still shows what was cropped away. A person has to look.
              Of a video every piece is named: these seconds of it are those of the known one.
   a > b      b lies in a: "disk.E01 > p1 > /letter.eml > letter.docx > …" leads through the image, its
              first partition, a mail and a document. "@0x…" is a byte offset: no file system or
              document says that a picture lies there.
   not seen   could not be examined, and why. It is counted, never passed over.

   What is neither known nor broken is only counted: unrelated/ is not listed.
   Exit status $status: $(
       [ "$status" = 4 ] && echo "found, and incomplete, because some files could not be examined." ||
           echo "found, and complete.")

== What next

   Look at the reports:           xdg-open $1/reports/report.html; disk.html, films.html beside it
   Take a picture out again:      build/clew cat "$1/disk.E01 > p1 > /winhelp32.dll" -o picture.jpg
   Scan a folder of yours:        build/clew --data $1/data scan ~/Pictures
   Every record, for programs:    build/clew --data $1/data scan --json $1/evidence | less
   Look at the desk:              open a link that comes below in a browser; later, links come with
                                  build/clewd --data $1/data --sign-in-link ann
   Ask for one hash:              build/clew --data $1/data match HASH
   Make a set of your own list:   build/clew set import NAME FILE --kind notable
   What this machine gives:       build/clew doctor
   Every command:                 build/clew --help
END

# Last, because at a terminal it stays. What is known leads, what is new is for people to look at.
exec "$source_root/demo/desk.py" . "$build"
