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
});
