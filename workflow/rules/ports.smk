# The user's own R keras scripts in Python, each with its proof.
# Without R there are none.
rule port:
    """Port one script; that it differs is a result, that it cannot be run is an error."""
    input:
        code=code("pyreg.commands.port", "pyreg.port.worker"),
        script=lambda wildcards: PORTED[wildcards.name],
    output:
        multiext(
            f"{LAYOUT.port('{name}')}/",
            "script.py",
            "check.py",
            "port.json",
            "port.html",
        ),
    log:
        LAYOUT.log("port-{name}"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        folder=lambda wildcards, output: os.path.dirname(output[0]),
    shell:
        "pyreg port {input.script:q} -o {params.folder:q} 2> {log:q} || test $? -eq 1"


rule ports:
    """List what all scripts came to."""
    input:
        code=code("pyreg.commands.ports"),
        verdicts=[LAYOUT.port(name) / "port.json" for name in PORTED],
    output:
        report(
            LAYOUT.table("ports"),
            caption="../report/table-ports.rst",
            category="Tables",
        ),
    log:
        LAYOUT.log("ports"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    shell:
        "pyreg ports {input.verdicts:q} --output {output:q} 2> {log:q}"
