# The environment of the workflow, from the lock: docker build -t pyreg .
# The study in it, results in the folder here:
#   docker run --rm -v "$PWD/results:/study/results" pyreg snakemake --cores all
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends git r-base-core r-cran-matrix \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /study
COPY . .
RUN workflow/setup/environment python3 .venv requirements.lock
ENV PATH=/study/.venv/bin:$PATH

CMD ["snakemake", "--cores", "all"]
