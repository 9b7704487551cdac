import type { Alternatives, EndpointRule, Protocol } from './protocol.ts';

/** OpenTelemetry semantic conventions 1.44, with the names they replaced. */

const HTTP_METHOD: Alternatives = ['http.request.method', 'http.method'];
const HTTP_ROUTE: Alternatives = ['http.route'];
const RPC_METHOD: Alternatives = ['rpc.method', 'grpc.method'];
const PEER: Alternatives = ['server.address', 'peer.service', 'service.peer.name'];

const ROUTE_RULES: readonly EndpointRule[] = [
  { required: [HTTP_METHOD, HTTP_ROUTE], separator: ' ' },
  { required: [HTTP_ROUTE], separator: ' ' },
];
const RPC_RULES: readonly EndpointRule[] = [
  { required: [['rpc.service'], RPC_METHOD], separator: '/' },
  { required: [RPC_METHOD], separator: '/' },
];
const NAMED_RULE: EndpointRule = { required: [['endpoint']], separator: ' ' };

/** Statuses of gRPC that are no error of a server (semantic conventions, rpc/grpc.md), by name and by number. */
const CALLERS_FAULT: readonly string[] = [
  ...['CANCELLED', 'INVALID_ARGUMENT', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED'],
  ...['FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNAUTHENTICATED'],
  ...['1', '3', '5', '6', '7', '8', '9', '10', '11', '16'],
];

export const HTTP: Protocol = {
  name: 'http',
  marks: HTTP_METHOD,
  endpoints: [
    ...ROUTE_RULES,
    NAMED_RULE,
    { required: [HTTP_METHOD], separator: ' ', suffix: ' (unmatched)', side: 'server' },
  ],
  peers: [...PEER, 'net.peer.name', 'http.host'],
  status: {
    attributes: ['http.response.status_code', 'http.status_code'],
    kind: 'from',
    server: 500,
    client: 400,
  },
  silenceIsSuccess: false,
};

export const RPC: Protocol = {
  name: 'rpc',
  marks: ['rpc.system.name', 'rpc.system', 'rpc.method', 'grpc.method'],
  endpoints: [...RPC_RULES, NAMED_RULE],
  peers: [...PEER, 'net.peer.name', 'grpc.target', 'rpc.service'],
  status: {
    attributes: ['rpc.response.status_code', 'rpc.status_code', 'grpc.status', 'rpc.grpc.status_code'],
    kind: 'unless',
    success: ['OK', '0'],
    callersFault: CALLERS_FAULT,
  },
  silenceIsSuccess: true,
};

export const DATABASE: Protocol = {
  name: 'database',
  marks: ['db.system.name', 'db.system'],
  endpoints: [
    {
      required: [
        ['db.system.name', 'db.system'],
        ['db.operation.name', 'db.operation'],
      ],
      optional: [['db.collection.name', 'db.sql.table']],
      separator: ' ',
    },
    { required: [['db.system.name', 'db.system'], ['db.query.summary']], separator: ' ' },
    NAMED_RULE,
    { required: [['db.system.name', 'db.system']], separator: ' ' },
  ],
  peers: [...PEER, 'net.peer.name', 'db.system.name', 'db.system'],
  status: null,
  silenceIsSuccess: true,
};

export const MESSAGING: Protocol = {
  name: 'messaging',
  marks: ['messaging.system'],
  endpoints: [
    {
      required: [
        ['messaging.operation.name', 'messaging.operation.type', 'messaging.operation'],
        ['messaging.destination.template', 'messaging.destination.name', 'messaging.destination'],
      ],
      separator: ' ',
    },
    {
      required: [['messaging.destination.template', 'messaging.destination.name', 'messaging.destination']],
      separator: ' ',
    },
    NAMED_RULE,
  ],
  peers: [...PEER, 'messaging.destination.template', 'messaging.destination.name', 'messaging.system'],
  status: null,
  silenceIsSuccess: true,
};

export const GENERATIVE: Protocol = {
  name: 'gen_ai',
  marks: ['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.system'],
  endpoints: [
    { required: [['gen_ai.operation.name'], ['gen_ai.request.model']], separator: ' ' },
    { required: [['gen_ai.operation.name']], separator: ' ' },
    NAMED_RULE,
  ],
  peers: [...PEER, 'gen_ai.provider.name', 'gen_ai.system'],
  status: null,
  silenceIsSuccess: true,
};

/** Series and spans of no known convention, among them every named indicator. */
export const GENERIC: Protocol = {
  name: 'generic',
  marks: [],
  endpoints: [...ROUTE_RULES, ...RPC_RULES, NAMED_RULE],
  peers: PEER,
  status: null,
  silenceIsSuccess: true,
};

/** The order in which a span's protocol is looked for: what is specific comes first. */
export const SPAN_PROTOCOLS: readonly Protocol[] = [GENERATIVE, DATABASE, MESSAGING, RPC, HTTP];
