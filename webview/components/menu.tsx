import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

export type MenuItem =
  | {
      readonly kind: 'action';
      readonly label: string;
      readonly hint?: string;
      readonly run: () => void;
      readonly disabled?: boolean;
    }
  /** One of several, or a switch. */
  | { readonly kind: 'choice' | 'switch'; readonly label: string; readonly checked: boolean; readonly run: () => void }
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'separator' };

/** Where a menu opens: its corner in CSS pixels of the page. */
export interface MenuPlace {
  readonly x: number;
  readonly y: number;
  /** Open upwards if there is no room below this much. */
  readonly above?: number;
}

interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly place: MenuPlace;
  /** @param byPerson a person has left the menu inside the page, so the focus may be moved */
  readonly onClose: (byPerson: boolean) => void;
}

const ROLES = { action: 'menuitem', choice: 'menuitemradio', switch: 'menuitemcheckbox' } as const;

/** An open menu. It takes the focus, and the one who opened it gives it back. */
export function Menu({ label, items, place, onClose }: MenuProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = root.current;
    if (menu === null) return;
    const { width, height } = menu.getBoundingClientRect();
    const below = place.y + height <= innerHeight - 4;
    const top = below ? place.y : Math.max(4, (place.above ?? place.y) - height);
    menu.style.left = `${Math.max(4, Math.min(place.x, innerWidth - width - 4))}px`;
    menu.style.top = `${top}px`;
    enabledItems(menu)[0]?.focus({ preventScroll: true });
  }, [place]);
  useEffect(() => {
    const outside = (event: Event) => {
      if (!(event.target instanceof Node && root.current?.contains(event.target))) onClose(false);
    };
    const away = () => onClose(false);
    addEventListener('pointerdown', outside, true);
    addEventListener('blur', away);
    addEventListener('resize', away);
    return () => {
      removeEventListener('pointerdown', outside, true);
      removeEventListener('blur', away);
      removeEventListener('resize', away);
    };
  }, [onClose]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    const to = MOVES[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      onClose(true);
    } else if (to !== undefined && root.current !== null) {
      event.preventDefault();
      const buttons = enabledItems(root.current);
      const current = buttons.indexOf(document.activeElement as HTMLButtonElement);
      buttons[to(current, buttons.length)]?.focus();
    }
  };
  return (
    <div ref={root} class="menu" role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
      {items.map((item, index) => (
        <Item key={index} item={item} onClose={onClose} />
      ))}
    </div>
  );
}

function Item({ item, onClose }: { item: MenuItem; onClose: (byPerson: boolean) => void }): JSX.Element {
  if (item.kind === 'separator') return <hr class="menu-separator" />;
  if (item.kind === 'heading') {
    return (
      <div class="menu-heading" role="presentation">
        {item.label}
      </div>
    );
  }
  const checked = item.kind === 'action' ? undefined : item.checked;
  return (
    <button
      type="button"
      class="menu-item"
      role={ROLES[item.kind]}
      aria-checked={checked}
      tabIndex={-1}
      disabled={item.kind === 'action' && item.disabled}
      onClick={() => {
        onClose(true);
        item.run();
      }}
    >
      <span class="menu-check">{checked === true && <Icon name="check" />}</span>
      <span class="menu-label">{item.label}</span>
      {item.kind === 'action' && item.hint !== undefined && <span class="menu-hint">{item.hint}</span>}
    </button>
  );
}

const enabledItems = (menu: HTMLElement) => [...menu.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];

const MOVES: Readonly<Record<string, (current: number, count: number) => number>> = {
  ArrowDown: (current, count) => (current + 1) % count,
  ArrowUp: (current, count) => (current - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

interface MenuButtonProps {
  readonly label: string;
  readonly items: () => readonly MenuItem[];
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function MenuButton({ label, items, class: className = 'tool', children }: MenuButtonProps): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  const [place, setPlace] = useState<MenuPlace | null>(null);
  const byKeyboard = useRef(false);
  const close = (byPerson: boolean) => {
    setPlace(null);
    // After a click, the keys of the player go on working.
    if (byPerson) (byKeyboard.current ? button.current : button.current?.closest<HTMLElement>('.page'))?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={className}
        title={label}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={place !== null}
        onClick={(event) => {
          byKeyboard.current = event.detail === 0;
          const box = button.current!.getBoundingClientRect();
          setPlace({ x: box.left, y: box.bottom + 2, above: box.top - 2 });
        }}
      >
        {children}
      </button>
      {place !== null && <Menu label={label} items={items()} place={place} onClose={close} />}
    </>
  );
}
