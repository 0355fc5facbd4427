/** Kinds of images that are taken from a folder: those that sd-webui-animatediff takes, and GIF. */
export const IMAGE_ENDING = /\.(?:png|jpe?g|webp|tiff?|gif)$/i;

/** Kinds of images that cannot be read. Leaving one out would move every later frame. */
export const OTHER_IMAGE_ENDING = /\.(?:bmp|tga|heic|heif|avif|jxl|jp2|exr|hdr|dds|psd|ppm|pgm|ico|dng|cr2|nef|arw)$/i;

/** Videos that `ffmpeg` reads. */
export const VIDEO_ENDING = /\.(?:mp4|m4v|mov|mkv|webm|avi|ts|m2ts|mts|mpe?g|wmv|flv|ogv|3gp)$/i;

/** Files that are animations, or may be; most PNG files are not. */
export const ANIMATION_ENDING = /\.(?:gif|webp|apng)$/i;

/** What systems leave in folders; hidden files, too. */
export const LEFT_BY_SYSTEM = /^(?:\.|Thumbs\.db$|desktop\.ini$)/i;
