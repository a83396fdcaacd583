import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { loadConfig } from '../config/load-config.ts'
import { createProgram } from './program.ts'

function helpTexts(command: Command): string[] {
  const text = command.configureOutput({ getOutHelpWidth: () => 80 }).helpInformation()
  return [text, ...command.commands.flatMap(helpTexts)]
}

test('every help text fits into 80 columns', () => {
  const nothing = () => undefined
  const texts = helpTexts(createProgram({ env: {}, loadConfig, fetch, now: Date.now, out: nothing, err: nothing }))
  assert.ok(texts.length > 30, `${texts.length} commands`)
  const lines = texts.flatMap((text) => text.split('\n'))
  assert.deepEqual(
    lines.filter((line) => line.length > 80),
    [],
  )
})
