// SPDX-License-Identifier: Apache-2.0

const families: Record<string, string> = { picture: "picture", video: "video", other: "file" };

export const facts = {
    media: (id: string) => `Media ${id}`,
    loading: "…",
    unknown: "no facts",
    pixels: (width: string, height: string) => `${width} × ${height}`,
    typed: (type: string, family: string) => `${type} ${families[family] ?? family}`,
    // By the second half of the media type; what is not here is shown as it is.
    types: {
        jpeg: "JPEG",
        png: "PNG",
        gif: "GIF",
        webp: "WebP",
        heic: "HEIC",
        heif: "HEIF",
        avif: "AVIF",
        bmp: "BMP",
        tiff: "TIFF",
        "svg+xml": "SVG",
        icon: "icon",
        mp4: "MP4",
        quicktime: "QuickTime",
        matroska: "Matroska",
        webm: "WebM",
        msvideo: "AVI",
        mpeg: "MPEG",
        "3gpp": "3GP",
        "ms-asf": "ASF",
        "ms-wmv": "WMV",
        flv: "FLV",
        pdf: "PDF",
        zip: "ZIP",
        plain: "text",
        "octet-stream": "unnamed",
    } as Record<string, string>,
};
