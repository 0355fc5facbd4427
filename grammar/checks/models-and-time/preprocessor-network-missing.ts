import { type Check, namingFile, settingSpan } from '../check.ts';

/** Networks of ControlNet preprocessors that are not in the model folders. */
export const preprocessorNetworkMissing: Check = {
  code: 'travel/preprocessor-network-missing',
  run(clip) {
    return clip.networks.flatMap((networks, i) =>
      networks
        .filter(({ file }) => file === null)
        .map(({ names, page, license }, n) => {
          const { preprocessor } = clip.settings.controlnet[i]!;
          const [name, others] = [names.at(-1)!, names.slice(0, -1)];
          const needs = n === 0 ? 'needs' : 'also needs';
          const where =
            n > 0
              ? 'the same folder.'
              : `a model folder, such as \`extensions/sd-webui-controlnet/annotator/downloads\` of A1111 or ` +
                `\`custom_nodes/comfyui_controlnet_aux/ckpts\` of ComfyUI.`;
          const message =
            `The preprocessor “${preprocessor}” ${needs} the file ${name}, which was not found. Download it from ${page} ` +
            `(${license}) into ${where}` +
            (others.length > 0 ? ` It can also be ${others.toReversed().join(', ')}.` : '');
          const path = `controlnet.${i}.preprocessor`;
          return {
            code: this.code,
            severity: 'error' as const,
            message: namingFile(clip, 'controlnet', message),
            span: settingSpan(clip, path, 'controlnet'),
            missingModel: { kind: 'network' as const, name },
          };
        }),
    );
  },
};
