import { describe, expect, it } from 'vitest';
import { sourceKind } from '../../videos/source-kind.ts';

const refused = (text: string) => {
  const kind = sourceKind(Buffer.from(text, 'latin1'));
  return kind.kind === 'refused' ? kind.is : kind.kind;
};

describe('sourceKind', () => {
  it.each([
    ['\0\0\0\x20ftypisom', 'mp4'],
    ['\0\0\0\x08wide\0\0\0\0mdat', 'mp4'],
    ['\x1aE\xdf\xa3\x01', 'matroska'],
    ['RIFF\0\0\0\0AVI LIST', 'avi'],
    [`G${'\0'.repeat(187)}G`, 'other'],
    ['RIFF\0\0\0\0WEBPVP8X', 'webp'],
    ['GIF89a', 'gif'],
    ['\x89PNG\r\n\x1a\n', 'png'],
    ['\0\0\0\x1cftypavis\0\0\0\0avismsf1', 'mp4'],
  ])('detects %j from contents', (text, kind) => {
    expect(refused(text)).toBe(kind);
  });

  it.each([
    ['', 'is empty'],
    ['<!DOCTYPE html>\n<html>', 'is a web page (HTML)'],
    ['#EXTM3U\n#EXT-X-VERSION:3', 'is a playlist'],
    ['ffconcat version 1.0\nfile a.mp4', 'is a playlist'],
    ['<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg">', 'is a playlist'],
    ['v=0\r\no=- 0 0 IN IP4 127.0.0.1', 'is a session description'],
    ['\xff\xd8\xff\xe0', 'is one image'],
    ['DirectShowSource("a.mp4")', 'is damaged or not a video'],
    ['Dear reader,\n', 'is damaged or not a video'],
  ])('refuses %j, which is never given to ffmpeg', (text, reason) => {
    expect(refused(text)).toContain(reason);
  });

  it.each([
    ['\xff\xd8\xff\xe0', 'image'],
    ['II*\0', 'image'],
    ['MM\0+', 'image'],
    ['RIFF\0\0\0\0WEBPVP8 ', 'image'],
    ['RIFF\0\0\0\0WEBPVP8L', 'image'],
    ['\0\0\0\x1cftypavif\0\0\0\0avifmif1', 'image'],
    ['\0\0\0\x1cftypmif1\0\0\0\0miafavif', 'image'],
    ['<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">', 'image'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'other-image'],
    ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'other-image'],
    [`BM${'\0'.repeat(12)}`, 'other-image'],
    ['\0\0\0\x0cJXL \r\n\x87\n', 'other-image'],
    ['\xff\x0a', 'other-image'],
    ['8BPS\0\x01', 'other-image'],
    ['\0\0\x01\0\x02\0', 'other-image'],
    ['', 'broken'],
    ['<html>', 'web-page'],
    ['Dear reader,\n', 'other'],
  ])('knows what %j is for someone who needs an image', (text, reason) => {
    expect(sourceKind(Buffer.from(text, 'latin1'))).toMatchObject({ kind: 'refused', reason });
  });
});
