import type { Step } from './step.ts'

/** More than a call can pass, a second go through the inner door included. */
const ROOM = 24

export interface PassedStep {
  readonly step: Step
  /** By `performance.now()`. */
  readonly from: number
  readonly to: number
}

/** When a call passed each step. Kept only where traces or the log at `debug` want it. */
export class StepTimes {
  readonly #steps: Step[] = []
  readonly #from = new Float64Array(ROOM)
  readonly #to = new Float64Array(ROOM)
  #stepStartedAt: number

  constructor(startedAt: number) {
    this.#stepStartedAt = startedAt
  }

  /** When the step that the call is at began. */
  get stepStartedAt(): number {
    return this.#stepStartedAt
  }

  /** The next step begins here. */
  mark(passed: Step): void {
    const index = this.#steps.length
    if (index === ROOM) return
    const now = performance.now()
    this.#steps.push(passed)
    this.#from[index] = this.#stepStartedAt
    this.#to[index] = this.#stepStartedAt = now
  }

  /** The step begins now: whatever came before was no step of ours. */
  resume(): void {
    this.#stepStartedAt = performance.now()
  }

  /** In the order in which they were passed. */
  list(): PassedStep[] {
    return this.#steps.map((step, index) => ({ step, from: this.#from[index]!, to: this.#to[index]! }))
  }
}
