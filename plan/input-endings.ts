const IMAGES = 'png jpg jpeg webp tif tiff gif'.split(' ');
const OTHER_IMAGES = 'bmp tga heic heif avif jxl jp2 exr hdr dds psd ppm pgm ico dng cr2 nef arw'.split(' ');
const VIDEOS = 'mp4 m4v mov mkv webm avi m2ts mpg mpeg wmv flv ogv 3gp'.split(' ');
/** Videos of cameras and broadcasts. In an editor, their endings are TypeScript's. */
const TRANSPORT_STREAMS = ['ts', 'mts'];

const ending = (endings: readonly string[]) => new RegExp(`\\.(?:${endings.join('|')})$`, 'i');

/** Kinds of images that are taken from a folder: those that sd-webui-animatediff takes, and GIF. */
export const IMAGE_ENDING = ending(IMAGES);

/** Kinds of images that cannot be read. Leaving one out would move every later frame. */
export const OTHER_IMAGE_ENDING = ending(OTHER_IMAGES);

/** Videos that `ffmpeg` reads. */
export const VIDEO_ENDING = ending([...VIDEOS, ...TRANSPORT_STREAMS]);

/** Files that are animations, or may be; most PNG files are not. */
export const ANIMATION_ENDING = ending(['gif', 'webp', 'apng']);

/** What is a video by its name alone: most WebP files are still images. */
export const SURE_VIDEO_ENDING = ending([...VIDEOS, 'gif', 'apng']);

/** Endings of all images and videos that a document may name, apart from TypeScript's. */
export const NAMED_ENDINGS: readonly string[] = [...IMAGES, ...OTHER_IMAGES, ...VIDEOS, 'apng'];

/** What systems leave in folders; hidden files, too. */
export const LEFT_BY_SYSTEM = /^(?:\.|Thumbs\.db$|desktop\.ini$)/i;
