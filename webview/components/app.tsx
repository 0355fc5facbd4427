import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type KeyPlace, keyAction, latinKey } from '../keyboard.ts';
import type { Preview } from '../preview.ts';
import { sourceOf } from '../state/model.ts';
import { type Status, statusOf } from '../state/status.ts';
import { doKey } from './actions.ts';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { Inputs } from './inputs.tsx';
import { layoutOf } from './layout.ts';
import { SidePanel } from './side-panel.tsx';
import { Stage } from './stage.tsx';
import { StatusStrip } from './status.tsx';
import type { Thumbnails } from './thumbnails.ts';
import { TimelineView } from './timeline.tsx';
import { Transport } from './transport.tsx';
import { usePalette, usePreview, useSize } from './use-page.ts';

interface AppProps {
  readonly preview: Preview;
  readonly thumbnails: Thumbnails;
}

/** The whole page. */
export function App({ preview, thumbnails }: AppProps): JSX.Element {
  usePreview(preview);
  const palette = usePalette();
  const root = useRef<HTMLDivElement>(null);
  const size = useSize(root);
  const [full, setFull] = useState(false);
  const [help, setHelp] = useState(false);
  const { model } = preview;
  const status = statusOf(model);
  const layout = layoutOf(size?.width ?? innerWidth);
  const hasContent = model.timeline !== null || model.a !== null;
  // A rendered file without a source has nothing but its clip.
  const hasSide = hasContent && (model.subject === 'text' || model.timeline !== null);
  // Without anything to look at, the state is in the middle of the stage.
  const card = sourceOf(model) === 'none' || !hasContent;

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const press = {
        key: latinKey(event),
        shift: event.shiftKey,
        control: event.ctrlKey || event.metaKey,
        alt: event.altKey,
      };
      const action = keyAction(press, placeOf(event.target));
      if (action === null) return;
      if (action.kind === 'focusText' && full) return setFull(false);
      event.preventDefault();
      // VS Code would do it, too, in the page itself.
      if (action.kind === 'text') event.stopPropagation();
      doKey(preview, action, { toggleFull: () => setFull((before) => !before), toggleHelp: () => setHelp(true) });
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [preview, full]);

  useEffect(() => {
    // After a click on a button, Space plays instead of pressing that button again.
    const onClick = ({ detail, target }: MouseEvent) => {
      const button = detail > 0 && target instanceof Element ? target.closest('button') : null;
      const keepsFocus = button?.getAttribute('aria-haspopup') != null || button?.closest('dialog') != null;
      if (button !== null && !keepsFocus && document.activeElement === button) focusPage(root.current);
    };
    document.addEventListener('click', onClick);
    return () => document.removeEventListener('click', onClick);
  }, []);

  useLayoutEffect(() => {
    if (root.current !== null) root.current.scrollTop = preview.view.scroll.page;
  }, [preview]);

  return (
    <div
      ref={root}
      class={`page ${layout}${full || !hasSide ? ' full' : ''}`}
      tabIndex={-1}
      onScroll={(event) => {
        if (event.target !== event.currentTarget) return;
        preview.change({ scroll: { ...preview.view.scroll, page: event.currentTarget.scrollTop } });
      }}
    >
      {!full && <Header preview={preview} quiet={card} />}
      <main class="main">
        <div class="picture">
          {!card && <StatusStrip preview={preview} status={withoutHeader(status)} />}
          <Stage preview={preview} palette={palette} status={status} card={card} />
          <Inputs preview={preview} />
          {hasContent && (
            <Transport
              preview={preview}
              palette={palette}
              layout={layout}
              full={full}
              onFull={() => setFull(!full)}
              onHelp={() => setHelp(true)}
            />
          )}
        </div>
        {!full && hasSide && layout === 'wide' && <SidePanel preview={preview} thumbnails={thumbnails.addresses} />}
      </main>
      {!full && (
        <TimelineView preview={preview} palette={palette} layout={layout} errorsShown={status.icon === 'error'} />
      )}
      {!full && hasSide && layout !== 'wide' && <SidePanel preview={preview} thumbnails={thumbnails.addresses} />}
      <p class="sr-only" role="status" aria-live="polite">
        {preview.spoken}
      </p>
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}

const focusPage = (page: HTMLElement | null) => page?.focus({ preventScroll: true });

/** The header has buttons for these in the same place all the time. */
function withoutHeader(status: Status): Status {
  const inHeader = new Set(['render', 'cancel']);
  const actions = status.actions.filter(({ does }) => !('command' in does && inHeader.has(does.command)));
  return { ...status, actions };
}

function placeOf(target: EventTarget | null): KeyPlace {
  if (!(target instanceof Element)) return 'page';
  if (target.closest('input, textarea, select, dialog') !== null) return 'input';
  return target.closest('button, [role=tab]') !== null ? 'button' : 'page';
}
