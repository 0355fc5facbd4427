import type { ComponentChildren, JSX } from 'preact';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly children?: ComponentChildren;
}

/** A button of a toolbar. Its label is read, and shown by the pointer. */
export function IconButton({ icon, label, onClick, pressed, disabled, children }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="tool"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}

interface TextButtonProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly primary?: boolean;
}

export function TextButton({ label, onClick, primary = false }: TextButtonProps): JSX.Element {
  return (
    <button type="button" class={primary ? 'button primary' : 'button'} onClick={onClick}>
      {label}
    </button>
  );
}
