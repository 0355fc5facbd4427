/** A `.travel` file that renders quickly: two frames of the smallest size, two steps. @param settings lines that follow */
export const smallClip = (...settings: string[]): string =>
  `---
frames: 2
steps: 2
sampler: Euler
seed: 7
width: 64
height: 64
${settings.join('\n')}
---
fox ears

0: red hair
1: blue hair
`;
