import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { TextButton } from './button.tsx';

export interface NumberQuestion {
  readonly title: string;
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly done: (value: number) => void;
}

/** Asks for a whole number. */
export function NumberDialog({ question, onClose }: { question: NumberQuestion; onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    input.current?.select();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="ask"
      aria-labelledby="ask-title"
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (input.current?.checkValidity()) question.done(input.current.valueAsNumber);
          dialog.current?.close();
        }}
      >
        <h2 id="ask-title">{question.title}</h2>
        <label>
          {question.label}
          <input
            ref={input}
            type="number"
            required
            step={1}
            min={question.low}
            max={question.high}
            defaultValue={`${question.value}`}
          />
        </label>
        <div class="card-actions">
          <button type="submit" class="button primary">
            {l10n.t('OK')}
          </button>
          <TextButton label={l10n.t('Cancel')} onClick={() => dialog.current?.close()} />
        </div>
      </form>
    </dialog>
  );
}
