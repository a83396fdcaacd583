/** The configuration cannot be used; `problems` has every reason, each with its line where there is one. */
export class ConfigInvalid extends Error {
  readonly problems: readonly string[]

  constructor(file: string, problems: readonly string[]) {
    super(
      problems.length === 1
        ? `${file}: ${problems[0]}`
        : `${file}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    )
    this.name = 'ConfigInvalid'
    this.problems = problems
  }
}
