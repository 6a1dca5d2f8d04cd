# The environment of the workflow, from the lock: docker build -t pyreg .
# The study in it, results in the folder here:
#   docker run --rm -v "$PWD/results:/study/results" pyreg snakemake --cores all
# A network of it served on this machine's port 8000:
#   docker run --rm -p 127.0.0.1:8000:8000 -v "$PWD/results:/study/results" pyreg \
#     pyreg serve results/imdb/runs/python/dropout/per-epoch/seed-1 --host 0.0.0.0
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends git r-base-core r-cran-matrix \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /study
COPY . .
RUN workflow/setup/environment python3 .venv requirements.lock workflow/setup/serve.lock
ENV PATH=/study/.venv/bin:$PATH

CMD ["snakemake", "--cores", "all"]
