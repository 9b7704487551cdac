import { judgeScenarios } from './judging.ts';

judgeScenarios(0);
