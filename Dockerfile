# The environment of the workflow, from the lock: docker build -t pyreg .
# The study in it, results in the folder here:
#   docker run --rm -v "$PWD/results:/study/results" pyreg snakemake --cores all
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends git r-base-core r-cran-matrix \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /study
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

CMD ["snakemake", "--cores", "all"]
