//! Which limits a plan may ask for. Zero would mean "no limit" to Docker, and no grant may exceed this runner's ceiling.

use carrel_wire::runner::{Limits, RunnerErrorCode};

use crate::refusal::Refusal;

/// The least with which the agent and a shell work.
const FLOOR: Limits = Limits { memory_bytes: 64 << 20, cpu_milli: 50, processes: 16, disk_bytes: 16 << 20, files: 256 };

/// Refuses limits under the floor or over `ceiling`.
pub(crate) fn check(limits: &Limits, ceiling: &Limits) -> Result<(), Refusal> {
    let values = [
        ("memory_bytes", limits.memory_bytes, FLOOR.memory_bytes, ceiling.memory_bytes),
        ("cpu_milli", limits.cpu_milli.into(), FLOOR.cpu_milli.into(), ceiling.cpu_milli.into()),
        ("processes", limits.processes.into(), FLOOR.processes.into(), ceiling.processes.into()),
        ("disk_bytes", limits.disk_bytes, FLOOR.disk_bytes, ceiling.disk_bytes),
        ("files", limits.files, FLOOR.files, ceiling.files),
    ];
    for (name, value, floor, ceiling) in values {
        if value > ceiling {
            return Err(Refusal::new(
                RunnerErrorCode::LimitTooHigh,
                format!("{name} is {value}, this runner allows {ceiling}"),
            ));
        }
        if value < floor {
            return Err(Refusal::new(
                RunnerErrorCode::PlanInvalid,
                format!("{name} is {value}, a sandbox needs {floor}"),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CEILING: Limits =
        Limits { memory_bytes: 1 << 30, cpu_milli: 2000, processes: 512, disk_bytes: 1 << 30, files: 100_000 };

    #[test]
    fn each_limit_has_a_ceiling_and_a_floor() {
        assert!(check(&CEILING, &CEILING).is_ok());
        assert!(check(&FLOOR, &CEILING).is_ok());
        let changes: [fn(&mut Limits, bool); 5] = [
            |l, up| l.memory_bytes = if up { l.memory_bytes + 1 } else { 0 },
            |l, up| l.cpu_milli = if up { l.cpu_milli + 1 } else { 0 },
            |l, up| l.processes = if up { l.processes + 1 } else { 0 },
            |l, up| l.disk_bytes = if up { l.disk_bytes + 1 } else { 0 },
            |l, up| l.files = if up { l.files + 1 } else { 0 },
        ];
        for change in changes {
            for (up, code) in [(true, RunnerErrorCode::LimitTooHigh), (false, RunnerErrorCode::PlanInvalid)] {
                let mut limits = CEILING;
                change(&mut limits, up);
                assert_eq!(check(&limits, &CEILING).unwrap_err().0.code, code);
            }
        }
    }
}
