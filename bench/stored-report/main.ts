import { parseArgs } from 'node:util';
import { storedReportBench } from './stored-report-bench.ts';

/** `--folder` keeps the filled store for the next run. */
const { values } = parseArgs({
  options: {
    endpoints: { type: 'string', default: '200' },
    instances: { type: 'string', default: '8' },
    minutes: { type: 'string', default: '2880' },
    folder: { type: 'string' },
  },
});
const fleet = {
  endpoints: Number(values.endpoints),
  instances: Number(values.instances),
  minutes: Number(values.minutes),
};
await storedReportBench(fleet, values.folder ?? null);
