/** The working of one comparison. */
export interface Working {
  /** Two-sided level of every interval. */
  readonly confidence: number;
  readonly baseline: ArmWorking;
  readonly post: ArmWorking;
  /** What quiet windows of the past said; null where the past is too short for eight of them. */
  readonly calibration: CalibrationWorking | null;
  /** Smallest move on the worse side that would have been seen four times in five, of the effect's kind. */
  readonly smallest_visible: number | null;
}

export interface ArmWorking {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly clusters: number;
  readonly requests: number;
  /** Variance over that of as many independent requests; null where that has no meaning. */
  readonly design_effect: number | null;
}

export interface CalibrationWorking {
  /** Stretches of the baseline taken as if they had been the post window. */
  readonly windows: number;
  /** Variance between them over what independent blocks would have. */
  readonly inflation: number;
  /** How many of them would have been called a move at the stated confidence: by independent blocks, and as calibrated. */
  readonly false_alarms_before: number;
  readonly false_alarms_after: number;
  /** In how many of them the level lay as far from what was expected as after the upgrade; null where it was not asked. */
  readonly as_far: number | null;
}
