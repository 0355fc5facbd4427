import { numbersWithGaps } from '../../clip/image-numbers.ts';
import { inputFolders } from '../../clip/input-folders.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';
import { atTheseFrames, missingNumbers, oneAfterTheOther } from './numbered-fixes.ts';

/** Images for ControlNet units whose names look like numbers of frames, with numbers missing. */
export const numberedImages: Check = {
  code: 'travel/numbered-images',
  run(clip) {
    return inputFolders(clip).flatMap((folder) => {
      const { setting, files } = folder;
      // A clip that is as long as the images uses them one after the other, which `folder-images` reports.
      if (!isOfFrames(setting) || clip.settings.frames === files.length) return [];
      const gaps = numbersWithGaps(files.map(({ path }) => path));
      if (!gaps) return [];
      const message = `${missingNumbers(folder, gaps)} The images are used one after the other. If the numbers are those of frames, write the images at positions.`;
      return [
        {
          code: this.code,
          severity: 'information',
          message: namingFile(clip, setting, message),
          span: settingSpan(clip, setting, setting.split('.')[0]!),
          fixes: [...oneAfterTheOther(clip, files.length), ...atTheseFrames(clip, folder, gaps)],
        },
      ];
    });
  },
};

/** Whether a folder may have images for some frames only: units do not act on the others. */
const isOfFrames = (setting: string): boolean => setting === 'video.path' || setting.endsWith('.batch');
