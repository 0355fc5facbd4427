import type { TextSpan } from '../problem.ts';

/**
 * What is wrong with the settings of a file. `kind` is the code of the check that explains it. A setting with an issue
 * counts as not given; unknown ones are left out.
 */
export type SettingIssue = IssuePlace &
  (
    | ({ readonly kind: 'front-matter-syntax' } & SyntaxIssue)
    /** Its span is the colon. */
    | { readonly kind: 'setting-missing-space' }
    | {
        readonly kind: 'unknown-setting';
        readonly name: string;
        /** The setting that has no such part; null for a setting of its own. */
        readonly parent: string | null;
        readonly meant: string | null;
      }
    | {
        readonly kind: 'duplicate-setting';
        readonly name: string;
        readonly first: TextSpan;
        /** The lines that hold only the second one; null if they hold other settings, too. */
        readonly lines: TextSpan | null;
      }
    /** `better`: the same value in the expected type. */
    | (Named & {
        readonly kind: 'setting-type';
        readonly expected: string;
        readonly better: string | null;
        /** A sentence about how to write what was probably meant. */
        readonly advice?: string;
      })
    | (Named & { readonly kind: 'setting-value' } & ValueIssue)
    | (Named & {
        readonly kind: 'setting-range';
        readonly bound: 'at least' | 'above' | 'at most' | 'below';
        readonly limit: number;
      })
    | (Named & { readonly kind: 'setting-missing'; readonly expected: string })
    | (Named & { readonly kind: 'setting-position' })
    | (Named & { readonly kind: 'definition-name' })
    | (Named & { readonly kind: 'size-not-multiple-of-8' })
    | { readonly kind: 'nothing-to-save' }
    /** `data`: the address is the file itself; `file`: that of a file on this computer. */
    | { readonly kind: 'link'; readonly scheme: 'data' | 'file' | 'other' }
    | ({ readonly kind: 'extends' } & ExtendsIssue)
    /** Of an extended file, which has its first marker at this line, 1-based. */
    | { readonly kind: 'merge-conflict'; readonly line: number }
  );

export type SettingIssueKind = SettingIssue['kind'];
export type SettingIssueOf<Kind extends SettingIssueKind> = Extract<SettingIssue, { readonly kind: Kind }>;

interface IssuePlace {
  readonly span: TextSpan;
  /** The extended file that it was found in; `span` is then that of `extends`. */
  readonly file?: string;
}

interface Named {
  /** `controlnet › 1 › weight` */
  readonly name: string;
  /** The value, or the key, as written, shortened; null if there is no value. */
  readonly written: string | null;
}

export type SyntaxIssue =
  | {
      readonly reason:
        | 'not-a-setting'
        | 'too-deep'
        | 'too-long'
        | 'ends-early'
        | 'tag'
        | 'open-list'
        | 'open-map'
        | 'open-quote'
        | 'missing-comma'
        | 'tab'
        | 'alias'
        | 'key-not-a-word';
    }
  /** A value that YAML reads only in quotes. */
  | { readonly reason: 'unquoted'; readonly value: string; readonly cause: UnquotedCause }
  /** `isReadable`: YAML reads another path than the one that was meant. */
  | ({ readonly reason: 'backslash'; readonly isReadable: boolean } & Unintended)
  /** A `#` without a space after it; `text` is the place of the whole value. */
  | { readonly reason: 'cut-by-comment'; readonly value: string; readonly text: TextSpan }
  /** In the words of the YAML parser. */
  | { readonly reason: 'other'; readonly message: string };

/** Why a value needs quotes. */
export type UnquotedCause =
  | { readonly kind: 'colon' }
  /** What it starts with. */
  | { readonly kind: 'start'; readonly character: string }
  /** A character that ends the value in a map in braces. */
  | { readonly kind: 'in-braces'; readonly character: string };

/** Escapes in double quotes that were hardly meant. */
export interface Unintended {
  readonly escapes: readonly Escape[];
  /** The value as it was meant; null if that is what YAML reads. */
  readonly meant: string | null;
  /** The same in quotes; null if it cannot be written so. */
  readonly better: string | null;
}

/** An escape in double quotes, and what it stands for in words; null if YAML does not know it. */
export interface Escape {
  readonly written: string;
  readonly meaning: string | null;
}

export type ValueIssue =
  /** `schedule`: the one that belongs to `meant`, a sampler; another program has one name for both. */
  | {
      readonly reason: 'choice';
      readonly choices: readonly string[];
      readonly meant: string | null;
      readonly schedule?: string;
    }
  | { readonly reason: 'empty' | 'no-position' | 'video-source' }
  /** In a path. `character` in words; `unintended`: the escapes that it comes from. */
  | { readonly reason: 'control-character'; readonly character: string; readonly unintended: Unintended | null }
  /** In words: of the transition's parser, or of the schema. */
  | { readonly reason: 'other'; readonly message: string };

export type ExtendsIssue =
  | { readonly reason: 'too-many'; readonly limit: number }
  | { readonly reason: 'unreadable' | 'cycle'; readonly name: string };
