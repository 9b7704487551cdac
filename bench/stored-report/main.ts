import { parseArgs } from 'node:util';
import { storedReportBench } from './stored-report-bench.ts';

const { values } = parseArgs({
  options: {
    endpoints: { type: 'string', default: '200' },
    instances: { type: 'string', default: '8' },
    minutes: { type: 'string', default: '2880' },
    folder: { type: 'string' },
    'read-only': { type: 'boolean', default: false },
  },
});
const fleet = {
  endpoints: Number(values.endpoints),
  instances: Number(values.instances),
  minutes: Number(values.minutes),
};
await storedReportBench({ fleet, folder: values.folder, isReadOnly: values['read-only'] });
