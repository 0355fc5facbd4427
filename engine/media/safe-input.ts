/** Demuxers of containers: no playlists, no devices, no texts that are rendered, nothing that opens other files. */
const FORMATS =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,h264,hevc,flv,ogg,asf,mxf,rm,ivf,yuv4mpegpipe,nut,m4v';

/** What comes before an input of ffmpeg: it reads one local file and cannot be led to others, or to the network. */
export const SAFE_INPUT: readonly string[] = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', FORMATS];
