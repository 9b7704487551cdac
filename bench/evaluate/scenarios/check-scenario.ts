import { nearestName } from '../../../src/domain/nearest-name.ts';
import { Words } from './words.ts';
import type { Call, Effect, EndpointLoad, Event, ServiceLoad, WrittenScenario } from './written-scenario.ts';

/** What no line shows by itself: that names lead somewhere, and that every change is spoken of once. */
export function checkScenario(scenario: WrittenScenario, file: string): void {
  const fault = (line: number, problem: string, remedy: string): never =>
    new Words('', file, line).fail(problem, remedy);
  const { load, events, expectation } = scenario;
  if (scenario.title === '') fault(1, 'nothing says what the scenario shows', 'begin the file with a # comment');
  if (load.postMinutes === 0) fault(1, 'no windows are stated', 'add to load: baseline TIME, post TIME');
  if (expectation.verdicts.length === 0) fault(1, 'no verdict is expected', 'add to expect: verdict …');
  checkCalls(load.services, fault);
  for (const event of events) checkEvent(event, scenario, fault);
  const listed = listedChanges(scenario).map(({ id }) => id);
  for (const { change, line, inseparableFrom } of expectation.suspects) {
    for (const id of [change, ...(inseparableFrom ?? [])]) mustKnow(id, listed, 'change', line, fault);
  }
  for (const { id, line } of listedChanges(scenario)) {
    const times = expectation.suspects.filter(({ change }) => change === id).length;
    if (times !== 1) fault(line, `${times} lines say what is expected of ${id}`, 'say it once below expect');
  }
}

/** The changes the upgrade document lists. */
export function listedChanges({ events }: WrittenScenario): Event[] {
  return events.filter(({ kind }) => kind !== 'trouble');
}

type Fault = (line: number, problem: string, remedy: string) => never;

function mustKnow(name: string, known: readonly string[], what: string, line: number, fault: Fault): void {
  if (known.includes(name)) return;
  const near = nearestName(name, known);
  fault(
    line,
    `there is no ${what} "${name}"`,
    near === null ? `write one of ${known.join(', ')}` : `did you mean "${near}"?`,
  );
}

function checkCalls(services: readonly ServiceLoad[], fault: Fault): void {
  for (const { name, endpoints, line } of services) {
    if (endpoints.length === 0) fault(line, `service ${name} has no endpoint`, 'add: endpoint "NAME", p50 TIME');
    for (const endpoint of endpoints) for (const call of endpoint.calls) checkCall(call, endpoint, services, fault);
  }
}

function checkCall(call: Call, { name }: EndpointLoad, services: readonly ServiceLoad[], fault: Fault): void {
  const callee = services.find((service) => service.name === call.peer);
  if (callee === undefined) {
    if (call.latency === null)
      fault(call.line, `"${name}" calls ${call.peer}, whose latency is not stated`, 'add: p50 TIME');
    return;
  }
  if (call.latency !== null || call.errors > 0) {
    fault(
      call.line,
      `"${name}" calls ${call.peer}, a service of the scenario`,
      'state latency and errors at its endpoint',
    );
  }
  const endpoints = callee.endpoints.map((endpoint) => endpoint.name);
  mustKnow(call.endpoint ?? '', endpoints, `endpoint of ${call.peer}`, call.line, fault);
}

function checkEvent(
  { id, place, line, effects, kind, scope }: Event,
  { load, events }: WrittenScenario,
  fault: Fault,
): void {
  const { services } = load;
  const peers = services.flatMap(({ endpoints }) => endpoints.flatMap(({ calls }) => calls.map(({ peer }) => peer)));
  const places = [...services.map(({ name }) => name), ...(kind === 'dependency' || kind === 'trouble' ? peers : [])];
  mustKnow(place, places, 'service', line, fault);
  if (events.filter((event) => event.id === id).length > 1) fault(line, `${id} is listed twice`, 'name it otherwise');
  const endpoints = services.find(({ name }) => name === place)?.endpoints ?? [];
  for (const trafficKind of scope.kind === 'kinds' ? scope.shares.keys() : []) {
    mustKnow(trafficKind, kindsOf(endpoints), 'kind of traffic', line, fault);
  }
  const here = events.filter((event) => event.place === place);
  for (const effect of effects) checkEffect(effect, endpoints, here, fault);
}

function checkEffect(
  { endpoint, together, trafficKind, line }: Effect,
  endpoints: readonly EndpointLoad[],
  events: readonly Event[],
  fault: Fault,
): void {
  const named = endpoints.map(({ name }) => name);
  if (endpoint !== null) mustKnow(endpoint, named, 'endpoint', line, fault);
  const changes = events.map(({ id }) => id);
  if (together !== null) mustKnow(together, changes, 'change of the same service', line, fault);
  if (trafficKind !== null) mustKnow(trafficKind, kindsOf(endpoints), 'kind of traffic', line, fault);
}

function kindsOf(endpoints: readonly EndpointLoad[]): string[] {
  return endpoints.flatMap(({ kinds }) => kinds?.kinds.map(({ value }) => value) ?? []);
}
