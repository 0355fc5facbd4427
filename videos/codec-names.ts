/** Names of codecs for people, by the four characters that name them in MP4, QuickTime and AVI. */
const BY_FOUR: readonly (readonly [RegExp, string])[] = [
  [/^(?:avc[1-4]|h264|x264)$/i, 'H.264'],
  [/^(?:hvc1|hev1|dvh1|dvhe|hevc|h265)$/i, 'HEVC'],
  [/^av01$/i, 'AV1'],
  [/^vp0?8[0f ]?$/i, 'VP8'],
  [/^vp0?9[0f ]?$/i, 'VP9'],
  [/^ap(?:co|cs|cn|ch|4h|4x)$/, 'ProRes'],
  [/^(?:mp4v|fmp4|xvid|divx|dx50)$/i, 'MPEG-4'],
  [/^(?:jpeg|mjp[ab]|mjpg)$/i, 'Motion JPEG'],
  [/^png $/i, 'PNG'],
  [/^ffv1$/i, 'FFV1'],
  [/^dv/i, 'DV'],
];

/** @returns the four characters themselves if they have no better name; null: none */
export function codecOfFour(four: string): string | null {
  const known = BY_FOUR.find(([pattern]) => pattern.test(four))?.[1];
  return known ?? (/^[\w .-]{4}$/.test(four) ? four.trim() || null : null);
}

/** By Matroska's ids. */
const BY_ID: readonly (readonly [RegExp, string])[] = [
  [/^V_MPEG4\/ISO\/AVC$/, 'H.264'],
  [/^V_MPEGH\/ISO\/HEVC$/, 'HEVC'],
  [/^V_MPEG4\//, 'MPEG-4'],
  [/^V_MPEG[12]$/, 'MPEG-2'],
  [/^V_MJPEG$/, 'Motion JPEG'],
];

/** @param four of a codec that is named as in AVI; empty: none */
export function codecOfId(id: string, four: string): string | null {
  if (id === 'V_MS/VFW/FOURCC') return codecOfFour(four);
  return BY_ID.find(([pattern]) => pattern.test(id))?.[1] ?? /^V_([\w/]{1,30})$/.exec(id)?.[1] ?? null;
}
