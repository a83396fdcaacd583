import type { Registry } from 'prom-client'
import type { Door, DoorRefusals } from './door-refusals.ts'
import { addSamples } from './metric-families.ts'

/** What was refused beside the gate. */
export function addDoorMetrics(registry: Registry, doors: Readonly<Record<Door, DoorRefusals>>): void {
  addSamples(
    registry,
    'counter',
    {
      name: 'sallyport_door_refusals_total',
      help: 'Requests that doors beside the gate refused: the OAuth surface and the admin listener',
      labelNames: ['door', 'code'],
    },
    () =>
      Object.entries(doors).flatMap(([door, refusals]) =>
        Object.entries(refusals).map(([code, count]): [Record<string, string>, number] => [{ door, code }, count]),
      ),
  )
}
