//! Charts: every system beside the others, and the cost curves.

use std::error::Error;
use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::coord::ranged1d::SegmentValue;
use plotters::prelude::*;

use crate::curves::{CURVES, Curve, size};
use crate::row::Row;

type Drawn<T = ()> = Result<T, Box<dyn Error>>;

/// Draws what was measured to a file: the curves if they were asked for, or else a line for each workload
/// and a point on it for each system.
pub(crate) fn draw(rows: &[Row], are_curves: bool, file: &Path) -> Result<()> {
    let drawn = match are_curves {
        true => curves(rows, file),
        false => overview(rows, file),
    };
    drawn.map_err(|error| anyhow!("cannot draw {}: {error}", file.display()))
}

/// What is drawn of one system.
struct Series<'a> {
    system: &'a str,
    color: RGBColor,
    rows: Vec<&'a Row>,
}

fn series(rows: &[Row]) -> Vec<Series<'_>> {
    let mut all: Vec<Series<'_>> = Vec::new();
    for row in rows.iter().filter(|row| row.throughput.is_some()) {
        match all.iter_mut().find(|one| one.system == row.system) {
            Some(one) => one.rows.push(row),
            None => {
                let (r, g, b) = Palette99::pick(all.len()).rgb();
                all.push(Series {
                    system: &row.system,
                    color: RGBColor(r, g, b),
                    rows: vec![row],
                });
            }
        }
    }
    all
}

/// Powers of ten around all of these.
fn around(numbers: impl Iterator<Item = f64>) -> std::ops::Range<f64> {
    let (mut least, mut most) = (f64::INFINITY, 1.0f64);
    for number in numbers.filter(|number| *number > 0.0) {
        (least, most) = (least.min(number), most.max(number));
    }
    let least = least.min(most);
    10f64.powf(least.log10().floor())..10f64.powf((most * 1.01).log10().ceil())
}

fn overview(rows: &[Row], file: &Path) -> Drawn {
    let series = series(rows);
    let rates = series.iter().flat_map(|one| &one.rows);
    let rates = around(rates.filter_map(|row| row.throughput));
    let mut workloads: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| row.throughput.is_some()) {
        if !workloads.contains(&&*row.workload) {
            workloads.push(&row.workload);
        }
    }
    workloads.reverse();
    let height = 110 + 22 * workloads.len() as u32;
    let root = SVGBackend::new(file, (1_000, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("How many a second (logarithmic)", ("sans-serif", 18))
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(190)
        .build_cartesian_2d(rates.log_scale(), (0..workloads.len()).into_segmented())?;
    let name = |at: &SegmentValue<usize>| match at {
        SegmentValue::CenterOf(at) => workloads.get(*at).copied().unwrap_or("").to_owned(),
        _ => String::new(),
    };
    chart
        .configure_mesh()
        .y_labels(workloads.len() + 1)
        .y_label_formatter(&name)
        .x_label_formatter(&|rate| crate::figures::grouped(*rate))
        .draw()?;
    for Series {
        system,
        color,
        rows,
    } in series
    {
        let points = rows.iter().filter_map(|row| {
            let at = workloads.iter().position(|one| *one == row.workload)?;
            let at = (row.throughput?, SegmentValue::CenterOf(at));
            Some(Circle::new(at, 5, color.filled()))
        });
        let label = move |(x, y)| Circle::new((x + 8, y), 5, color.filled());
        chart.draw_series(points)?.label(system).legend(label);
    }
    let mut labels = chart.configure_series_labels();
    labels.border_style(BLACK).background_style(WHITE).draw()?;
    Ok(root.present()?)
}

fn curves(rows: &[Row], file: &Path) -> Drawn {
    let root = SVGBackend::new(file, (1_100, 1_100)).into_drawing_area();
    root.fill(&WHITE)?;
    for (area, curve) in root.split_evenly((3, 2)).iter().zip(CURVES) {
        let of_it = |row: &&Row| curve.points.contains(&&*row.workload);
        let rows: Vec<Row> = rows.iter().filter(of_it).cloned().collect();
        if !rows.is_empty() {
            one_curve(&rows, curve, area)?;
        }
    }
    Ok(root.present()?)
}

fn one_curve(
    rows: &[Row],
    curve: &Curve,
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
) -> Drawn {
    let rates = around(rows.iter().filter_map(|row| row.throughput));
    let sizes = around(rows.iter().filter_map(|row| size(&row.workload)));
    let mut chart = ChartBuilder::on(area)
        .caption(curve.title, ("sans-serif", 15))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(80)
        .build_cartesian_2d(sizes.log_scale(), rates.log_scale())?;
    chart
        .configure_mesh()
        .x_desc(curve.size)
        .y_desc(curve.rate)
        .x_label_formatter(&|size| crate::figures::grouped(*size))
        .y_label_formatter(&|rate| crate::figures::grouped(*rate))
        .draw()?;
    for Series {
        system,
        color,
        rows,
    } in series(rows)
    {
        let points = rows.iter();
        let mut points: Vec<_> = points
            .filter_map(|row| size(&row.workload).zip(row.throughput))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        chart.draw_series(LineSeries::new(points.clone(), color.stroke_width(2)))?;
        let points = points
            .into_iter()
            .map(|point| Circle::new(point, 4, color.filled()));
        let label = move |(x, y)| Circle::new((x + 8, y), 4, color.filled());
        chart.draw_series(points)?.label(system).legend(label);
    }
    let mut labels = chart.configure_series_labels();
    labels.border_style(BLACK).background_style(WHITE).draw()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_names_the_workloads_and_the_systems() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("chart.svg");
        let row = |workload: &str, system, throughput| Row {
            throughput: Some(throughput),
            ..Row::new(workload, system, "fsync")
        };
        let rows = [
            row("hello-3/1", "undying", 1_000.0),
            row("hello-3/100", "undying", 20_000.0),
            row("hello-3/1", "raw-fjall", 2_000.0),
        ];
        for (are_curves, words) in [
            (false, ["hello-3/100", "raw-fjall"]),
            (true, ["in flight", "undying"]),
        ] {
            draw(&rows, are_curves, &file)?;
            let chart = std::fs::read_to_string(&file)?;
            for word in words {
                assert!(chart.contains(word), "{word} is not in the chart");
            }
        }
        Ok(())
    }

    #[test]
    fn an_axis_reaches_from_a_power_of_ten_to_another() {
        let range = around([20.0, 4_000.0].into_iter());
        assert!((range.start - 10.0).abs() < 1e-6, "{range:?}");
        assert!((range.end - 10_000.0).abs() < 1e-6, "{range:?}");
    }
}
