"""The tables: components in original units, and what the files' headers say."""

from typing import Any

from dash import html

from dashboard.core.analysis import Analysis
from dashboard.core.volume import Volume


def components_table(analysis: Analysis) -> list[Any]:
    """Return the components with what they measure, and how the fit went."""
    if not analysis.mixture:
        return [html.P(analysis.problem, className="empty", role="status")]
    names = [volume.name for volume in analysis.volumes]
    pair = len(names) > 1
    head = [
        html.Th("", title="Class"),
        html.Th("Weight", title="Share of the mixture"),
        html.Th("Voxels", title="Voxels for which this class is the likeliest"),
        html.Th("mL", title="Volume of these voxels in this slice"),
        *(html.Th(html.Span(name), title=f"Mean ± SD of {name} within the component, in the image's own "
                  "intensity units") for name in names),
        *([html.Th("r", title="Correlation of both images within the component")] if pair else []),
    ]  # fmt: skip
    rows = [
        html.Tr(
            [
                html.Th([html.I(className=f"swatch class-{c.number}"), str(c.number)], scope="row"),
                html.Td(f"{c.weight:.3f}"),
                html.Td(f"{c.voxels:,}"),
                html.Td(_measure(c.volume_ml)),
                *(
                    html.Td(f"{_measure(m)} ± {_measure(s)}")
                    for m, s in zip(c.mean, c.sd, strict=True)
                ),
                *([html.Td(f"{c.correlation:+.2f}".replace("-", "−"))] if pair else []),
            ]
        )
        for c in analysis.components
    ]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="numbers")
    return [table, _fit_facts(analysis)]


def _fit_facts(analysis: Analysis) -> html.P:
    mixture = analysis.mixture
    assert mixture is not None
    state = "converged" if mixture.converged else "did not converge"
    total = len(analysis.values)
    return html.P(
        [
            f"{total:,} foreground voxels, {_measure(total * analysis.volumes[0].voxel_ml)} mL. "
            f"BIC {mixture.bic:,.0f}, AIC {mixture.aic:,.0f}, log-likelihood "
            f"{mixture.log_likelihood:.3f} a voxel; {state} after {mixture.iterations} "
            f"iteration{'s' if mixture.iterations != 1 else ''}.".replace("-", "−")
        ],
        className="facts",
    )


def header_table(volumes: list[Volume]) -> list[Any]:
    """Return the headers side by side, as the notebook prints them, after a summary."""
    unique = list({volume.name: volume for volume in volumes}.values())
    summaries = [_summary(volume) | dict(volume.header) for volume in unique]
    fields = list(dict.fromkeys(field for summary in summaries for field in summary))
    head = html.Tr([html.Th("Field"), *(html.Th(volume.name) for volume in unique)])
    rows = [
        html.Tr([html.Th(field, scope="row"), *(html.Td(s.get(field, "")) for s in summaries)])
        for field in fields
    ]
    return [html.Table([html.Thead(head), html.Tbody(rows)], className="header-table")]


def _summary(volume: Volume) -> dict[str, str]:
    size = " × ".join(f"{edge:.4g}" for edge in volume.voxel_size)
    rows = ["  ".join(f"{value + 0.0:.5g}" for value in row) for row in volume.affine[:3]]
    facts = volume.intensities
    return {
        "shape": " × ".join(map(str, volume.shape)),
        "voxel size (mm)": size,
        "intensities": f"{facts.low:.6g} to {facts.high:.6g}",
        "affine, row 1": rows[0],
        "affine, row 2": rows[1],
        "affine, row 3": rows[2],
    }


def _measure(value: float) -> str:
    """Return a number with three or more significant digits and a proper minus sign."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    text = f"{value:,.{digits}f}" if 1e-3 <= abs(value) < 1e6 or value == 0 else f"{value:.3g}"
    return text.replace("-", "−")
