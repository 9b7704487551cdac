import { Command, CommanderError } from 'commander';
import { AppError, placedMessage } from '../domain/error.ts';
import { packageVersion } from '../package-version.ts';
import { type AnalyzeOptions, analyze } from './analyze.ts';
import { ERROR_STATUS } from './exit-status.ts';
import { explain } from './explain.ts';
import { type GateOptions, gate } from './gate.ts';
import { tolerateClosedPipe } from './printing.ts';
import { type ServeOptions, serve } from './serve.ts';
import type { Terminal } from './terminal.ts';

/** The command line: answers the exit status. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  tolerateClosedPipe(terminal);
  let status = 0;
  const program = commands(terminal, (answered) => {
    status = answered;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    return report(error, terminal);
  }
}

/** Told the exit status of the command that ran. */
type Told = (status: number) => void;

function commands(terminal: Terminal, answer: Told): Command {
  const program = new Command('postflight')
    .description('After an upgrade: which endpoints got worse, since when, and which change did it.')
    .version(packageVersion(), '-V, --version')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('(postflight help <command> shows what a command takes)')
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    });
  for (const add of [addAnalyze, addExplain, addServe, addGate]) add(program, terminal, answer);
  addHelp(program);
  return program;
}

function addAnalyze(program: Command, terminal: Terminal, answer: Told): void {
  program
    .command('analyze')
    .description('compare telemetry from before and after an upgrade and print the report')
    .argument('<upgrade.yaml>', 'the upgrade document: windows, changes, where the telemetry is')
    .option('-o, --output <format>', 'text, json, markdown or html (default: text, or by the name given to --out)')
    .option('--out <file>', 'write the report to a file instead of stdout')
    .option('--live', 'data still arrives and this is run again and again: intervals that hold at all looks together')
    .addHelpText('after', EXIT_STATUS_HELP)
    .action(async (path: string, options: AnalyzeOptions) => {
      answer(await analyze(path, options, terminal));
    });
}

function addExplain(program: Command, terminal: Terminal, answer: Told): void {
  program
    .command('explain')
    .description('print the working of one comparison of a report: what it was made of, step by step, to check by hand')
    .argument('<report.json>', 'a report written by analyze -o json; - reads it from stdin')
    .argument('[endpoint]', 'the endpoint, or a part of its name that no other has; service and peer may be part of it')
    .argument('[indicator]', 'the indicator, or a part of its name that no other has')
    .addHelpText('after', EXPLAIN_HELP)
    .action(async (path: string, endpoint: string | undefined, indicator: string | undefined) => {
      answer(await explain(path, { endpoint, indicator }, terminal));
    });
}

function addServe(program: Command, terminal: Terminal, answer: Told): void {
  program
    .command('serve')
    .description('run the service: take telemetry, analyse upgrades while they are open, answer the API')
    .option('--config <file>', 'settings as YAML; POSTFLIGHT_… variables win over it')
    .option('--check', 'print the effective configuration, try the stores, and end')
    .addHelpText('after', SERVE_HELP)
    .action(async (options: ServeOptions) => {
      answer(await serve(options, terminal));
    });
}

function addGate(program: Command, terminal: Terminal, answer: Told): void {
  program
    .command('gate')
    .description('the verdict of an upgrade as an exit status, for a pipeline')
    .argument('<upgrade>', 'the name under which the upgrade is registered')
    .option('--wait <time>', 'how long to wait for a verdict, such as 15m (default: not at all)')
    .option('--server <url>', 'where postflight serve runs (default: POSTFLIGHT_SERVER, or http://127.0.0.1:4318)')
    .addHelpText('after', GATE_HELP)
    .action(async (upgrade: string, options: GateOptions) => {
      answer(await gate(upgrade, options, terminal));
    });
}

/** Commander's own shows the general help for a name it does not know. */
function addHelp(program: Command): void {
  program
    .command('help')
    .description('display help for command')
    .argument('[command]')
    .action(async (name: string | undefined) => {
      if (name === undefined) program.help();
      const command = program.commands.find((one) => one.name() === name);
      if (command === undefined) await program.parseAsync([name], { from: 'user' });
      else command.help();
    });
}

const EXIT_STATUS_HELP = `
Exit status: 0 no regression, 1 regressed, 2 usage or document error, 3 cannot tell, 4 data could not be read,
70 a defect of postflight, 130 interrupted.

Examples:
  postflight analyze upgrade.yaml
  postflight analyze upgrade.yaml -o json | jq .verdict
  postflight analyze upgrade.yaml --out report.html`;

const EXPLAIN_HELP = `
Exit status: 0 explained, 2 no such comparison, several of them, or not a report, 4 the report could not be read.

Examples:
  postflight explain report.json "gateway POST /orders" latency.p99
  postflight analyze upgrade.yaml -o json | postflight explain - "POST /orders payments" retry`;

const SERVE_HELP = `
Exit status: 0 stopped as asked, 2 configuration error, 4 a store does not answer, 130 stopped before it was done.

Examples:
  postflight serve
  POSTFLIGHT_LISTEN=0.0.0.0:4318 POSTFLIGHT_DATA=/var/lib/postflight postflight serve
  postflight serve --check`;

const GATE_HELP = `
Exit status: 0 no regression, 1 regressed, 2 usage error, 3 cannot tell, 4 no answer, 130 interrupted.
A token is read from POSTFLIGHT_TOKEN.

Example:
  postflight gate dten-4.2.0 --wait 15m --server https://postflight.example.com`;

/** With that of what caused it. */
function wholeMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${wholeMessage(error.cause)}`;
}

/** Every failure ends here: what happened, where, what to do next; no stack trace. */
function report(error: unknown, { stderr }: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : ERROR_STATUS.usage;
  if (error instanceof AppError && error.code !== 'internal') {
    stderr.write(`postflight: ${placedMessage(error)}\n`);
    if (error.remedy !== null) stderr.write(`  try: ${error.remedy}\n`);
    return ERROR_STATUS[error.code];
  }
  stderr.write(`postflight: internal error: ${wholeMessage(error)}\n`);
  stderr.write('  This is a defect of postflight, not of your data; please report it with the command you ran.\n');
  return ERROR_STATUS.internal;
}
