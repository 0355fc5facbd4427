import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { PreviewInputs } from '../../protocol/preview.ts';
import type { Preview } from '../preview.ts';
import { overlayOf } from '../preview-inputs.ts';
import { shortText } from '../short-text.ts';
import { cellsAt, type InputCell, type Layer, layersOf } from '../state/inputs.ts';
import { sourceOf } from '../state/model.ts';
import type { InputMode } from '../state/view.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';
import { MenuButton, type MenuItem } from './menu.tsx';

/** Source frames and hints of the shown frame, side by side. */
export function Inputs({ preview }: { preview: Preview }): JSX.Element | null {
  const { inputs } = preview.model;
  if (inputs === null || shownMode(preview) !== 'beside') return null;
  return (
    // Pictures that do not fit are scrolled to, also by the keyboard.
    <section class="inputs" aria-label={l10n.t('Input')} tabIndex={0}>
      {cellsAt(inputs, preview.frame).map((cell) => (
        <Cell key={`${cell.kind} ${cell.layer}`} preview={preview} inputs={inputs} cell={cell} />
      ))}
    </section>
  );
}

/** Without a result, there is nothing to lay a hint over. */
export function shownMode({ model, view }: Preview): InputMode {
  if (model.inputs === null) return 'off';
  return view.input === 'over' && sourceOf(model) === 'none' ? 'beside' : view.input;
}

interface CellProps {
  readonly preview: Preview;
  readonly inputs: PreviewInputs;
  readonly cell: InputCell;
}

function Cell({ preview, inputs, cell }: CellProps): JSX.Element {
  const { kind, layer, picture } = cell;
  const title = kind === 'source' ? sourceText(layer) : layerText(inputs, layer);
  const address = picture === null ? null : preview.inputs.pictures.address(picture);
  const problem = cell.problem ?? (picture === null ? null : (preview.model.inputFailures.get(picture) ?? null));
  return (
    <figure class="input">
      {address === null ? (
        <div class={problem === null ? 'input-none' : 'input-none problem'}>{problem ?? noneText(cell)}</div>
      ) : (
        <img src={address} alt={l10n.t('{0}, frame {1}', title, preview.frame)} />
      )}
      <figcaption title={layer === 'start' ? title : (inputs.units[layer]?.model ?? title)}>{title}</figcaption>
    </figure>
  );
}

function noneText({ kind, picture }: InputCell): string {
  if (picture !== null) return l10n.t('Loading…');
  return kind === 'hint' ? l10n.t('The unit does not act on this frame.') : l10n.t('Starts from noise.');
}

function sourceText(layer: Layer): string {
  return layer === 'start' || layer === 0 ? l10n.t('Source') : l10n.t('Source of unit {0}', layer + 1);
}

/** `Unit 1: canny`. A map that another program made is known by its model. */
export function layerText({ units }: PreviewInputs, layer: Layer): string {
  if (layer === 'start') return l10n.t('Source');
  const { preprocessor, model } = units[layer]!;
  return l10n.t('Unit {0}: {1}', layer + 1, shortText(preprocessor === 'none' ? model : preprocessor));
}

/** Chooses what is shown of the input; nothing if the clip has none. */
export function InputButton({ preview }: { preview: Preview }): JSX.Element | null {
  if (preview.model.inputs === null) return null;
  return (
    <MenuButton label={l10n.t('Show Input (H)')} items={() => inputItems(preview)}>
      <Icon name="film" />
    </MenuButton>
  );
}

function inputItems(preview: Preview): MenuItem[] {
  const { model, view } = preview;
  const { inputs } = model;
  if (inputs === null) return [];
  const mode = (label: string, input: InputMode): MenuItem => ({
    kind: 'choice',
    label,
    checked: view.input === input,
    run: () => preview.change({ input }),
  });
  const shown = overlayOf(preview);
  return [
    mode(l10n.t('Hide Input'), 'off'),
    mode(l10n.t('Source and Hints'), 'beside'),
    { kind: 'heading', label: l10n.t('Over the Result') },
    ...layersOf(inputs).map(
      (layer): MenuItem => ({
        kind: 'choice',
        label: layerText(inputs, layer),
        checked: view.input === 'over' && shown === layer,
        run: () => preview.change({ input: 'over', inputLayer: layer === 'start' ? -1 : layer }),
      }),
    ),
  ];
}

/** How much of the result a hint covers. */
export function OverlayBar({ preview }: { preview: Preview }): JSX.Element | null {
  const { inputs } = preview.model;
  const layer = overlayOf(preview);
  if (inputs === null || layer === null || shownMode(preview) !== 'over') return null;
  const percent = Math.round(preview.view.inputOpacity * 100);
  return (
    <fieldset class="compare-modes overlay-bar" aria-label={l10n.t('Over the result')}>
      <span class="overlay-name">{layerText(inputs, layer)}</span>
      <input
        type="range"
        aria-label={l10n.t('Opacity')}
        aria-valuetext={`${percent} %`}
        title={l10n.t('Opacity: {0} %', percent)}
        min={0}
        max={100}
        value={percent}
        onInput={(event) => preview.change({ inputOpacity: Number(event.currentTarget.value) / 100 })}
      />
      <IconButton icon="close" label={l10n.t('Hide Input')} onClick={() => preview.change({ input: 'off' })} />
    </fieldset>
  );
}
