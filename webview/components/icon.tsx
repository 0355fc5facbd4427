import type { JSX } from 'preact';
import { ICONS, type IconName } from './icons.ts';

/** A codicon. It is decoration: what it means is in a label. @param size CSS pixels */
export function Icon({
  name,
  size = 16,
  spin = false,
}: {
  name: IconName;
  size?: number;
  spin?: boolean;
}): JSX.Element {
  return (
    <svg class={spin ? 'icon spin' : 'icon'} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {ICONS[name].map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}
