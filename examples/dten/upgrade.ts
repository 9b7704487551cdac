import { setTimeout as wait } from 'node:timers/promises';
import { type Audience, NOBODY_ELSE } from './destinations.ts';
import { type Run, writeDocuments } from './documents.ts';
import { Load } from './load.ts';
import { Recorder } from './recorder.ts';
import { catalog, gateway, orders, System } from './system.ts';
import { baselineStartMs, delayed, type Timeline } from './timeline.ts';

interface Step {
  readonly at: number;
  readonly what: string;
  readonly act: (system: System) => Promise<void> | void;
}

/** Who looks on while a run lasts. */
export interface Witness {
  /** Its processes, for whoever has to end them early. */
  readonly onSystem: (system: System) => void;
  /** The maintenance window is over; `timeline` says how it really was. */
  readonly onRolledOut?: (timeline: Timeline, baselineStartMs: number) => Promise<void>;
  /** The load has ended; the processes still run. */
  readonly onLoadEnded?: () => Promise<void>;
}

/** Lives through one upgrade on a system of its own and leaves the recording in the run's folder. */
export async function liveThrough(
  run: Run,
  planned: Timeline,
  witness: Witness,
  audience: Audience = NOBODY_ELSE,
): Promise<void> {
  const recorder = new Recorder();
  await recorder.start(`${run.folder}/telemetry`);
  const { blockSeconds, slowness } = planned;
  const destinations = { ...audience, recorder: recorder.endpoint, metricIntervalMs: blockSeconds * 1000 };
  const system = new System(destinations, slowness);
  witness.onSystem(system);
  await system.start();
  console.error(`${run.name}  all processes are ready`);

  const startMs = baselineStartMs(Date.now(), planned);
  const until = async (seconds: number): Promise<void> => void (await wait(startMs + seconds * 1000 - Date.now()));
  await until(-planned.leadIn);
  const load = new Load(() => system.gatewayPorts(), slowness);
  const loadEnded = load.run();
  const take = async (steps: readonly Step[]): Promise<void> => {
    const pending: (Promise<void> | void)[] = [];
    for (const { at, what, act } of steps) {
      await until(at);
      console.error(`${run.name}  ${at} s  ${what}`);
      pending.push(act(system));
    }
    await Promise.all(pending);
  };
  await take(stepsInWindow(planned));
  const timeline = delayed(planned, (Date.now() - startMs) / 1000);
  await until(timeline.window.end);
  const told = witness.onRolledOut?.(timeline, startMs);
  await take(stepsAfterWindow(run, timeline));
  await until(timeline.end);
  load.stop();
  await Promise.all([loadEnded, told]);
  await witness.onLoadEnded?.();
  await system.stop();
  await recorder.stop();
  await writeDocuments(run, timeline, startMs);
}

function stepsInWindow(timeline: Timeline): readonly Step[] {
  const later = (seconds: number): number => seconds + timeline.restartSpacing;
  const restartGateway = (id: string) => (system: System) => system.restart(gateway(id, '4.2.0'));
  const restartCatalog = (id: string) => (system: System) => system.restart(catalog(id, '1.9.0'));
  const restartOrders = (id: string) => (system: System) => system.restart(orders(id, 'true'));
  return inOrder([
    { at: timeline.gatewayInWindow, what: 'restart gateway-1', act: restartGateway('gateway-1') },
    { at: later(timeline.gatewayInWindow), what: 'restart gateway-2', act: restartGateway('gateway-2') },
    { at: timeline.catalog, what: 'restart catalog-1', act: restartCatalog('catalog-1') },
    { at: later(timeline.catalog), what: 'restart catalog-2', act: restartCatalog('catalog-2') },
    { at: timeline.orders, what: 'restart orders-1', act: restartOrders('orders-1') },
    { at: later(timeline.orders), what: 'restart orders-2', act: restartOrders('orders-2') },
    { at: timeline.gatewayStaged, what: 'stage gateway-3 and -4', act: stageGateways },
  ]);
}

function stepsAfterWindow(run: Run, timeline: Timeline): readonly Step[] {
  const takeOver = (id: string) => (system: System) => system.takeOver(id);
  const flagOn: Step = { at: timeline.flagOn, what: 'backoff.v2 on for 80 %', act: (system) => system.rollOut(80) };
  return inOrder([
    { at: timeline.gatewayInPost, what: 'gateway-3 takes over', act: takeOver('gateway-3') },
    { at: timeline.gatewayInPost + timeline.restartSpacing, what: 'gateway-4 takes over', act: takeOver('gateway-4') },
    ...(run.turnsFlagOn ? [flagOn] : []),
  ]);
}

function inOrder(steps: readonly Step[]): readonly Step[] {
  return [...steps].sort((left, right) => left.at - right.at);
}

async function stageGateways(system: System): Promise<void> {
  await Promise.all(['gateway-3', 'gateway-4'].map((id) => system.stage(gateway(id, '4.2.0'))));
}
