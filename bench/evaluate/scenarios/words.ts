import { AppError } from '../../../src/domain/error.ts';
import { nearestName } from '../../../src/domain/nearest-name.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** The words of one line, taken one after the other; what is not expected is an error that says what would be. */
export class Words {
  readonly line: number;
  readonly #file: string;
  readonly #words: readonly string[];
  readonly #form: string;
  #next = 0;

  /** `form` is how the whole line is written, for the remedy. */
  constructor(text: string, file: string, line: number, form = '') {
    this.#words = text.match(/"[^"]*"?|,|%|[^\s,%"]+/g) ?? [];
    this.#file = file;
    this.line = line;
    this.#form = form;
  }

  /** The same line, read as what its first word says it is. */
  withForm(form: string): Words {
    const words = new Words(this.#words.join(' '), this.#file, this.line, form);
    words.#next = this.#next;
    return words;
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#words.length;
  }

  fail(problem: string, remedy = `write: ${this.#form}`): never {
    throw new AppError('document', problem, { place: `${this.#file}:${this.line}`, remedy });
  }

  end(): void {
    if (!this.isAtEnd) this.fail(`"${this.#words.slice(this.#next).join(' ')}" is left over`);
  }

  /** Takes the words if they come next. */
  skips(...words: readonly string[]): boolean {
    if (!words.every((word, i) => this.#words[this.#next + i] === word)) return false;
    this.#next += words.length;
    return true;
  }

  /** Takes the word if it comes next and is not followed by what belongs to something else. */
  skipsUnless(following: string, word: string): boolean {
    return this.#words[this.#next + 1] !== following && this.skips(word);
  }

  expect(...words: readonly string[]): void {
    if (!this.skips(...words)) this.fail(`"${words.join(' ')}" should stand where ${this.#here()} does`);
  }

  oneOf<Choice extends string>(choices: readonly Choice[], what: string): Choice {
    const word = this.#take(what);
    const choice = choices.find((one) => one === word);
    if (choice !== undefined) return choice;
    const near = nearestName(word, choices);
    this.fail(
      `"${word}" is no ${what}`,
      `${near === null ? '' : `did you mean "${near}"? `}write one of ${choices.join(', ')}`,
    );
  }

  name(what: string): string {
    const word = this.#take(what);
    if (/^[",%]/.test(word)) this.fail(`a ${what} should stand where ${word} does`);
    return word;
  }

  quoted(what: string): string {
    const word = this.#take(what);
    if (!/^"[^"]+"$/.test(word)) this.fail(`a ${what} in double quotes should stand where ${word} does`);
    return word.slice(1, -1);
  }

  get isQuoted(): boolean {
    return this.#words[this.#next]?.startsWith('"') ?? false;
  }

  number(what: string): number {
    const word = this.#take(what);
    const value = /^[+-]?\d+(\.\d+)?$/.test(word) ? Number(word) : Number.NaN;
    if (Number.isNaN(value)) this.fail(`"${word}" is no ${what}`);
    return value;
  }

  positive(what: string): number {
    const value = this.number(what);
    if (value <= 0) this.fail(`a ${what} of ${value} makes no sense`, 'write a number above 0');
    return value;
  }

  whole(what: string): number {
    const value = this.positive(what);
    if (!Number.isInteger(value)) this.fail(`a ${what} of ${value} makes no sense`, 'write a whole number');
    return value;
  }

  /** As a share in [0, 1]. */
  percent(what: string): number {
    const value = this.number(what);
    this.expect('%');
    if (value < 0 || value > 100) this.fail(`${what} of ${value} % makes no sense`, 'write 0 % to 100 %');
    return value / 100;
  }

  milliseconds(what: string): number {
    const value = this.number(what);
    return value * UNIT_MS[this.oneOf(['ms', 's', 'min', 'h'], 'unit of time')]!;
  }

  /** Of whole minutes, which is what cells are made of. */
  minutes(what: string): number {
    const minutes = this.milliseconds(what) / 60_000;
    if (!Number.isInteger(minutes)) this.fail(`${what} is not a number of whole minutes`, 'write min or h');
    return minutes;
  }

  #take(what: string): string {
    const word = this.#words[this.#next];
    if (word === undefined) this.fail(`the line ends where a ${what} should stand`);
    this.#next++;
    return word;
  }

  #here(): string {
    const word = this.#words[this.#next];
    return word === undefined ? 'the line ends' : `"${word}"`;
  }
}
