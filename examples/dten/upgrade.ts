import { setTimeout as wait } from 'node:timers/promises';
import { type Run, writeDocuments } from './documents.ts';
import { Load } from './load.ts';
import { Recorder } from './recorder.ts';
import { catalog, gateway, orders, System } from './system.ts';
import { baselineStartMs, type Timeline } from './timeline.ts';

interface Step {
  readonly at: number;
  readonly what: string;
  readonly act: (system: System) => Promise<void> | void;
}

/** Lives through one upgrade on a system of its own and leaves the recording in the run's folder. */
export async function liveThrough(run: Run, timeline: Timeline, onSystem: (system: System) => void): Promise<void> {
  const recorder = new Recorder();
  await recorder.start(`${run.folder}/telemetry`);
  const system = new System(recorder.endpoint);
  onSystem(system);
  await system.start();

  const startMs = baselineStartMs(Date.now(), timeline);
  await wait(startMs - timeline.leadIn * 1000 - Date.now());
  const load = new Load(() => system.gatewayPorts());
  const loadEnded = load.run();
  const pending: (Promise<void> | void)[] = [];
  for (const step of stepsOf(run, timeline)) {
    await wait(startMs + step.at * 1000 - Date.now());
    console.error(`${run.name}  ${step.at} s  ${step.what}`);
    pending.push(step.act(system));
  }
  await Promise.all(pending);
  await wait(startMs + timeline.end * 1000 - Date.now());
  load.stop();
  await loadEnded;
  await system.stop();
  await recorder.stop();
  await writeDocuments(run, timeline, startMs);
}

function stepsOf(run: Run, timeline: Timeline): readonly Step[] {
  const later = (seconds: number): number => seconds + timeline.restartSpacing;
  const restartGateway = (id: string) => (system: System) => system.restart(gateway(id, '4.2.0'));
  const takeOver = (id: string) => (system: System) => system.takeOver(id);
  const restartCatalog = (id: string) => (system: System) => system.restart(catalog(id, '1.9.0'));
  const restartOrders = (id: string) => (system: System) => system.restart(orders(id, 'true'));
  const flagOn: Step = { at: timeline.flagOn, what: 'backoff.v2 on for 80 %', act: (system) => system.rollOut(80) };
  const steps: Step[] = [
    { at: timeline.gatewayInWindow, what: 'restart gateway-1', act: restartGateway('gateway-1') },
    { at: later(timeline.gatewayInWindow), what: 'restart gateway-2', act: restartGateway('gateway-2') },
    { at: timeline.catalog, what: 'restart catalog-1', act: restartCatalog('catalog-1') },
    { at: later(timeline.catalog), what: 'restart catalog-2', act: restartCatalog('catalog-2') },
    { at: timeline.orders, what: 'restart orders-1', act: restartOrders('orders-1') },
    { at: later(timeline.orders), what: 'restart orders-2', act: restartOrders('orders-2') },
    { at: timeline.gatewayStaged, what: 'stage gateway-3 and -4', act: stageGateways },
    { at: timeline.gatewayInPost, what: 'gateway-3 takes over', act: takeOver('gateway-3') },
    { at: later(timeline.gatewayInPost), what: 'gateway-4 takes over', act: takeOver('gateway-4') },
    ...(run.turnsFlagOn ? [flagOn] : []),
  ];
  return steps.sort((left, right) => left.at - right.at);
}

async function stageGateways(system: System): Promise<void> {
  await Promise.all(['gateway-3', 'gateway-4'].map((id) => system.stage(gateway(id, '4.2.0'))));
}
